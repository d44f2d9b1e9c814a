"""What docs/wyoming.md shows is what the example prints."""

import asyncio
import sys
from pathlib import Path

from oyez.serve.catalog import Catalog
from wyoming_clients import run, serving, wait_until

ROOT = Path(__file__).parent.parent.parent


async def _printed():
    """By the example, on the demo's recording."""
    async with serving(Catalog.load(["activate"])) as (service, listener):
        example = await asyncio.create_subprocess_exec(
            *(sys.executable, ROOT / "examples" / "wyoming_client.py", listener.addresses[0]),
            *(ROOT / "examples" / "demo.flac", "activate"),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await example.communicate()
        assert example.returncode == 0
        await wait_until(lambda: service.counts.streams == 0)
        return output.decode().splitlines()


def test_the_page_shows_what_the_example_prints():
    printed = run(_printed())
    chunks = [line for line in printed if line.startswith("> audio-chunk")]
    shown = [line for line in printed if line not in chunks[1:]]
    shown.insert(shown.index(chunks[0]) + 1, f"  … {len(chunks) - 1} more")
    page = (ROOT / "docs" / "wyoming.md").read_text(encoding="utf-8")
    assert "\n".join(shown) in page
    assert sum(line.startswith("< detection") for line in shown) == 4
