"""The check of a whole training example: its sound, and its labels."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oyez import plot
from oyez.course import examples
from oyez.course.checks.answer import ask, require_that, tell_correct
from oyez.course.checks.placing import tone_segment
from oyez.course.hearing import graph_spectrogram
from oyez.course.language import Text
from oyez.course.segments import CLIP_MS, match_target_amplitude, write_segment

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = ["check_create_training_example"]

Array = npt.NDArray[Any]

SEED = 18
FRAMES, BINS = 5511, 101
POSITIVE_MS, NEGATIVE_MS = (909, 725), 579
FIRST_ONES = ((522, 571), (337, 386))
"""Steps labelled in the lesson's own example: clips of those lengths, drawn with seed 18."""

NOT_PAIR = Text(
    en="create_training_example should return two things, (x, y), got {got}.",
    ko="create_training_example은 (x, y) 두 가지를 반환해야 하는데 {got}입니다.",
)
X_SHAPE = Text(
    en="x should be the spectrogram of the whole mix, ({bins}, {frames}), got {got}: x = "
    "graph_spectrogram('train.wav') after the mix was written there.",
    ko="x는 전체 소리의 스펙트로그램 ({bins}, {frames})이어야 하는데 {got}입니다. 섞은 소리를 train.wav에 "
    "저장한 뒤 x = graph_spectrogram('train.wav')을 쓰세요.",
)
Y_SHAPE = Text(
    en="y should be the labels, (1, {steps}), got {got}. Begin with y = np.zeros((1, Ty)).",
    ko="y는 (1, {steps}) 모양의 라벨이어야 하는데 {got}입니다. y = np.zeros((1, Ty))로 시작하세요.",
)
NO_ONES = Text(
    en="y holds no ones, though two positives were laid down: call insert_ones for each, with the end of "
    "its segment.",
    ko="positive 두 개를 놓았는데 y에 1이 없습니다. positive마다 그 구간의 끝으로 insert_ones를 부르세요.",
)
NEGATIVES_TOO = Text(
    en="the other word is labelled too: steps {first} to {last}. Only positives get ones.",
    ko="다른 단어까지 라벨이 붙었습니다({first}~{last}번 스텝). 1은 positive에만 붙입니다.",
)
AT_START = Text(
    en="the ones begin at the words' starts. The label follows a word: insert_ones takes the end of its "
    "segment.",
    ko="1이 단어가 시작되는 곳에 있습니다. 라벨은 단어 뒤에 붙습니다. insert_ones에는 구간의 끝을 주세요.",
)
OTHER_ONES = Text(
    en="with seed 18 the ones are expected at steps {expected}, got {got}. Draw in this order: how many "
    "positives, their indices, each one's place; then the negatives likewise.",
    ko="시드 18이면 {expected}번 스텝이 1이어야 하는데 {got}번입니다. positive의 개수, 인덱스, 각각의 위치 "
    "순서로 뽑고, 그다음 negative도 같은 순서로 뽑으세요.",
)
LOUD_BACKGROUND = Text(
    en="the background is as loud as it came: make it 20 dB softer first (background - 20).",
    ko="배경 소리가 원래 크기 그대로입니다. 먼저 20 dB 줄이세요(background - 20).",
)
NOT_LEVELLED = Text(
    en="the mix has another level than -20 dBFS: match_target_amplitude(background, -20.0) before it is "
    "written.",
    ko="섞은 소리의 크기가 -20 dBFS가 아닙니다. 저장하기 전에 match_target_amplitude(background, -20.0)을 "
    "쓰세요.",
)
NO_NEGATIVES = Text(
    en="the other word is not heard in the mix: lay the chosen negatives over it too.",
    ko="섞은 소리에 다른 단어가 없습니다. 고른 negative도 겹치세요.",
)
OTHER_SOUND = Text(
    en="the labels are right, the sound is not that of seed 18. Does each insert_audio_clip go on with the "
    "background that the one before returned?",
    ko="라벨은 맞지만 소리가 시드 18의 것과 다릅니다. insert_audio_clip이 매번 바로 앞에서 반환된 배경을 "
    "이어서 쓰나요?",
)


def check_create_training_example(function: Callable[..., Any]) -> None:
    """Check `create_training_example(background, activates, negatives)`, which seeds with 18.

    Raises:
        ExerciseError: it is not right yet.
    """
    np.random.seed(SEED)
    indices = np.random.randint(10, size=np.random.randint(0, 5))
    lengths = np.full(10, POSITIVE_MS[0])
    lengths[indices[1]] = POSITIVE_MS[1]
    activates = [tone_segment(700.0, int(ms), 0.3) for ms in lengths]
    negatives = [tone_segment(1500.0, NEGATIVE_MS, 0.3)] * 10
    background = tone_segment(200.0, CLIP_MS, 0.1)
    with _aside():
        answer = ask(function, background, activates, negatives)
        rights = {
            text: _power(background, activates, negatives, *settings)
            for text, settings in {
                None: (-20.0, -20.0, True),
                LOUD_BACKGROUND: (0.0, -20.0, True),
                NOT_LEVELLED: (-20.0, None, True),
                NO_NEGATIVES: (-20.0, -20.0, False),
            }.items()
        }
    require_that(isinstance(answer, tuple) and len(answer) == 2, NOT_PAIR, got=type(answer).__name__)
    x, y = (np.asarray(part) for part in answer)
    require_that(y.shape == (1, examples.STEPS), Y_SHAPE, steps=examples.STEPS, got=y.shape)
    _check_labels(y)
    require_that(x.shape == (BINS, FRAMES), X_SHAPE, bins=BINS, frames=FRAMES, got=x.shape)
    for text, power in rights.items():
        if np.allclose(x, power, rtol=1e-3, atol=1e-6):
            require_that(text is None, text or OTHER_SOUND)
            break
    else:
        require_that(False, OTHER_SOUND)
    tell_correct("create_training_example")


@contextlib.contextmanager
def _aside() -> Iterator[None]:
    """In a folder, a picture and a printout that are gone afterwards."""
    pyplot = plot.pyplot()
    shown = pyplot.get_fignums()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        pyplot.figure()
        try:
            yield
        finally:
            for number in set(pyplot.get_fignums()) - set(shown):
                pyplot.close(number)


def _power(
    background: "AudioSegment",
    activates: "Sequence[AudioSegment]",
    negatives: "Sequence[AudioSegment]",
    background_db: float,
    level_dbfs: float | None,
    others: bool,
) -> Array:
    """The spectrogram of the mix of seed 18, made right, or with one known mistake."""
    np.random.seed(SEED)
    mix = background + background_db
    taken: list[examples.Times] = []
    for clips, most, heard in ((activates, 4, True), (negatives, 2, others)):
        count = np.random.randint(0, most + 1)
        for index in np.random.randint(len(clips), size=count):
            laid, _ = examples.insert_audio_clip(mix, clips[index], taken)
            mix = laid if heard else mix
    if level_dbfs is not None:
        mix = match_target_amplitude(mix, level_dbfs)
    write_segment(mix, "right.wav")
    return graph_spectrogram("right.wav")


def _check_labels(y: Array) -> None:
    require_that(y.any(), NO_ONES)
    expected = np.zeros_like(y)
    for first, last in FIRST_ONES:
        expected[0, first : last + 1] = 1
    if np.array_equal(y, expected):
        return
    at_starts, with_other = np.zeros((1, examples.STEPS)), expected.copy()
    for ms in (2885, 1726):
        examples.insert_ones(at_starts, ms)
    examples.insert_ones(with_other, 7460)
    require_that(not np.array_equal(y, with_other), NEGATIVES_TOO, **_run(with_other - expected))
    require_that(not np.array_equal(y, at_starts), AT_START)
    wanted = "337-386, 522-571"
    require_that(False, OTHER_ONES, expected=wanted, got=_runs(y))


def _run(y: Array) -> dict[str, int]:
    steps = np.flatnonzero(y[0])
    return {"first": int(steps[0]), "last": int(steps[-1])}


def _runs(y: Array) -> str:
    """Runs of ones as text: "337-386, 522-571"."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], y[0] != 0, [0])).astype(int))).reshape(-1, 2)
    return ", ".join(f"{first}-{stop - 1}" for first, stop in edges)
