"""The recordings that the notebooks work on, made in seconds: synthetic voices in synthetic rooms.

They have the form of the lesson's `raw_data`, which takes their place where a learner has it.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from oyez import audio
from oyez.course.language import Text
from oyez.course.rooms import ROOMS, room
from oyez.course.segments import CLIP_MS, FOLDERS, RATE
from oyez.course.voices import Speech, Voice
from oyez.errors import DataError, OutputError
from oyez.events import to_audacity
from oyez.output import write_text
from oyez.synth.clips import load_corpus
from oyez.synth.render import Renderer
from oyez.synth.scene import SceneConfig, draw

__all__ = ["make_dev_set", "make_raw_data"]

SOMETHING_ELSE = Text(
    en="{path} is there, but holds something else. Rename it, or name another folder.",
    ko="{path}이(가) 이미 있고 다른 것이 들어 있습니다. 이름을 바꾸거나 다른 폴더를 쓰세요.",
)
NOT_MADE = Text(
    en="{path}: cannot be made ({reason}). Name another folder.",
    ko="{path}: 만들 수 없습니다({reason}). 다른 폴더를 쓰세요.",
)

CLIP_S = CLIP_MS / 1000
WORD = ("activate", "activate.", "activate!", "activate?")
OTHERS = (
    "kitchen", "yesterday", "coffee", "window", "orchestra", "captain", "elevator", "tomato", "umbrella",
    "practical", "breakfast", "radio",
)  # fmt: skip
HELD_OUT = ("garden", "music", "victory", "Saturday", "lemon", "activity", "bicycle", "telephone")
TALK = (
    "The bus was late again this morning, so we walked.",
    "Could you pass me the sugar, please?",
    "They have painted the whole house yellow.",
    "My sister plays the piano on Sunday evenings.",
    "It rained for a week and nobody minded.",
)
NEAR = SceneConfig(snr_db=(14.0, 20.0), positives=(1, 2), negatives=(1, 2), level_dbfs=(-26.0, -18.0))
"""Scenes to try: words from close by."""
HOME = SceneConfig(snr_db=(0.0, 20.0), positives=(1, 3), level_dbfs=(-26.0, -18.0))
"""Scenes of the dev set: words from close by and from across the room."""


def make_raw_data(path: str | Path = "raw_data", seed: int = 2) -> Path:
    """Ten recordings of "activate", ten of other words, three backgrounds and two clips to try.

    Args:
        path: a folder. One that has the lesson's three folders already is left as it is.
        seed: another makes other voices.

    Returns:
        The folder, with `activates`, `negatives`, `backgrounds` and `dev` in it.

    Raises:
        DataError: something else is there.
        MissingExtraError: the synthetic voice is not installed.
    """
    path = Path(path)
    if all((path / name).is_dir() for name in FOLDERS):
        return path
    with _new_folder(path) as draft:
        speech, rng = Speech(), np.random.default_rng(seed)
        _write_words(draft, speech, rng, 10, OTHERS)
        _write_scenes(draft / "dev", speech, np.random.default_rng(seed + 1), 2, NEAR)
    return path


def make_dev_set(path: str | Path = "dev_set", count: int = 25, seed: int = 1) -> Path:
    """Ten-second clips of voices and rooms that are not in `make_raw_data`, with their labels.

    Beside each WAV lies a label track that Audacity reads: where the word begins and where it ends.

    Args:
        path: a folder. One that has as many recordings already is left as it is.
        count: clips.
        seed: another makes other clips.

    Returns:
        The folder.

    Raises:
        DataError: something else is there.
        MissingExtraError: the synthetic voice is not installed.
    """
    path = Path(path)
    if path.is_dir() and len(audio.files_in(path)) == count:
        return path
    with _new_folder(path) as draft:
        _write_scenes(draft, Speech(), np.random.default_rng(seed), count, HOME)
    return path


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """A folder beside `path` that gets its name when all that it holds is written."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise DataError(SOMETHING_ELSE(path=path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise OutputError(NOT_MADE(path=path, reason=error.strerror)) from None
    try:
        yield draft
        draft.chmod(0o755)
        if path.exists():
            path.rmdir()
        draft.replace(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_words(
    folder: Path, speech: Speech, rng: np.random.Generator, count: int, others: Sequence[str]
) -> None:
    """Folders of `count` activates, `count` negatives and a background of each kind."""
    voices = [Voice.draw(rng) for _ in range(count)]
    words = [others[index] for index in rng.permutation(len(others))]
    for number, voice in enumerate(voices):
        word = speech.say(WORD[number % len(WORD)], voice, rng)
        audio.write(folder / "activates" / f"{number + 1:02}.wav", word, RATE)
        other = speech.say(words[number % len(words)], voice, rng)
        audio.write(folder / "negatives" / f"{number + 1:02}.wav", other, RATE)
    talk = [speech.say(text, Voice.draw(rng), rng) for text in TALK]
    for number, kind in enumerate(ROOMS):
        audio.write(folder / "backgrounds" / f"{number + 1}_{kind}.wav", room(kind, rng, CLIP_S, talk), RATE)


def _write_scenes(
    folder: Path, speech: Speech, rng: np.random.Generator, count: int, config: SceneConfig
) -> None:
    with tempfile.TemporaryDirectory() as spare:
        _write_words(Path(spare), speech, rng, len(HELD_OUT), HELD_OUT)
        corpus = load_corpus(Path(spare), only=("activates",))
        renderer = Renderer(corpus, RATE)
        for number in range(1, count + 1):
            scene = renderer(draw(rng, corpus, config))
            audio.write(folder / f"{number:02}.wav", scene.samples, RATE)
            write_text(folder / f"{number:02}.txt", to_audacity(scene.spans))
