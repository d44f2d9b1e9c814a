"""The distribution beside ours, that carries the bank and the noises: named, listed, small."""

import importlib.util
import re
from pathlib import Path

import pytest

from oyez import audio
from oyez.train.negatives import FORMAT, Negatives

PACKAGE = Path(__file__).parent.parent / "packages/oyez-bank"
LARGEST_BYTES = 80_000_000


@pytest.fixture
def oyez_bank():
    spec = importlib.util.spec_from_file_location("oyez_bank", PACKAGE / "src/oyez_bank/__init__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_version_begins_with_the_format(oyez_bank):
    assert oyez_bank.__version__.split(".")[0] == str(FORMAT)


def test_every_noise_is_listed_with_its_author(oyez_bank):
    notice = (PACKAGE / "NOTICE").read_text(encoding="utf-8")
    listed = re.findall(r'^(\S+\.ogg) +\S.*, ".+" \(sound \d+\)$', notice, re.MULTILINE)
    noises = audio.files_in(oyez_bank.noises_path())
    assert sorted(listed) == [path.name for path in noises]
    assert 60 <= len(noises) <= 100


def test_noises_can_be_heard(oyez_bank):
    seconds = 0.0
    for path in audio.files_in(oyez_bank.noises_path()):
        frames, rate = audio.info(path)
        assert rate == 16_000
        seconds += frames / rate
    assert 300 < seconds < 600


def test_it_is_small_enough_and_can_be_read(oyez_bank):
    files = [path for path in PACKAGE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST_BYTES
    if not oyez_bank.bank_path().is_file():
        pytest.skip("the bank is not built here")
    bank = Negatives.load(oyez_bank.bank_path())
    assert 0.15 < bank.calibration.mean() < 0.5
    assert {one.source for one in bank.stretches} <= bank.licences.keys()
    training = {(one.source, one.speaker) for one in bank.stretches if not one.calibration}
    assert not training & {(one.source, one.speaker) for one in bank.stretches if one.calibration}
