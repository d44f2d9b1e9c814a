"""What a folder of recordings tells of them: its `metadata.csv`."""

import csv
import io
from pathlib import Path

from oyez.errors import DataError

__all__ = ["METADATA", "read_metadata"]

METADATA = "metadata.csv"


def read_metadata(folder: Path) -> dict[str, dict[str, str]]:
    """Rows by the recordings' paths, relative to the folder; empty cells are left out.

    Args:
        folder: of recordings; without a `metadata.csv` nothing is told.

    Raises:
        DataError: the file cannot be read, or has no column `path`.
    """
    path = folder / METADATA
    if not path.is_file():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read ({error}). Expected CSV with the column path.") from None
    if rows and "path" not in rows[0]:
        raise DataError(f"{path} has no column path, got {', '.join(map(str, rows[0]))}. Name it so.")
    return {row["path"]: {key: value for key, value in row.items() if key and value} for row in rows}
