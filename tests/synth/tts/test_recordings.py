from pathlib import Path

import pytest

from oyez import audio
from oyez.errors import AudioError, DataError
from oyez.synth.tts.recordings import Recordings
from sounds import tone, word


def test_people_are_told_apart_by_table_folder_or_name(tmp_path: Path) -> None:
    for name in ("ann_1.wav", "b/1.wav", "c.wav"):
        audio.write(tmp_path / name, word(rate=44_100), 44_100)
    (tmp_path / "metadata.csv").write_text("path,label,speaker\nc.wav,tea,carl\nann_1.wav,tea,\n")
    source = Recordings(tmp_path, "tea")
    spoken = list(source.spoken())
    assert len(source) == 3
    assert [(one.voice, one.text, one.engine, one.rate) for one in spoken] == [
        (who, "tea", "recording", 16_000) for who in ("ann", "b", "carl")
    ]
    assert spoken[0].start_s == pytest.approx(0.1, abs=0.02)
    assert spoken[0].source == str(tmp_path / "ann_1.wav")


def test_unusable_folders_are_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(DataError, match="holds no recordings"):
            list(Recordings(folder, "tea").spoken())
    audio.write(tmp_path / "a.wav", tone(500, 0.5, 16_000, 0.0), 16_000)
    with pytest.raises(AudioError, match=r"a\.wav is silent"):
        list(Recordings(tmp_path, "tea").spoken())
    (tmp_path / "metadata.csv").write_text("file,speaker\na.wav,ann\n")
    with pytest.raises(DataError, match="expected columns path and speaker, got file, speaker"):
        list(Recordings(tmp_path, "tea").spoken())
