"""What starts the server elsewhere: the systemd unit and the container file hold what they must."""

import configparser
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from oyez.cli import _parser

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"


def _unit():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string((DEPLOY / "oyez.service").read_text("utf-8"))
    return unit


def _serve(arguments):
    """Options that `oyez serve` takes."""
    return _parser().parse_args(arguments)


def test_systemd_finds_nothing_wrong(tmp_path):
    """With a program that is there in place of the one that the page has people install."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed: apt install systemd")
    text = (DEPLOY / "oyez.service").read_text("utf-8")
    unit = tmp_path / "oyez.service"
    unit.write_text(text.replace("/opt/oyez/bin/oyez", sys.executable))
    run = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("Restart=on-failure", "Restart=sometimes"))
    run = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert "sometimes" in run.stderr  # what is wrong would be found


def test_the_unit_starts_what_there_is():
    service = _unit()["Service"]
    program, *arguments = service["ExecStart"].split()
    assert Path(program).name == "oyez"
    assert str(_serve(arguments).config) == "%d/oyez.toml"
    assert service["LoadCredential"].startswith("oyez.toml:")
    assert service["Type"] == "notify"
    assert int(service["TimeoutStopSec"]) > 10


def test_the_container_is_made_of_what_there_is():
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    told = {word: rest for word, rest in lines if word in ("FROM", "ENTRYPOINT", "CMD", "RUN")}
    copied = [name for word, rest in lines if word == "COPY" for name in rest.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {project["readme"], *project["license-files"]} <= set(copied)
    (extras,) = re.findall(r"/oyez\[(.+?)\]", told["RUN"])
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    program, *arguments = json.loads(told["ENTRYPOINT"]) + json.loads(told["CMD"])
    assert program in project["scripts"]
    assert _serve(arguments).wyoming == ["tcp://0.0.0.0:10400"]
