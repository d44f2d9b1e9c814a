"""Heads judged on what trained nothing."""

import numpy as np
import pytest
import torch

from oyez.config import SmallConfig, TriggerConfig
from oyez.events import Span
from oyez.synth.clips import Clip
from oyez.train.bank import Bank
from oyez.train.held_out import STEP_S, heard_words, hours_heard, judge_head, said_alone, word_tracks
from oyez.train.models import SmallHead
from oyez.train.negatives import Negatives, Stretch
from sounds import word

STEPS = 125


class _Loudest(torch.nn.Module):
    """Scores the first number of each step as it is: its logit."""

    def forward(self, x, hidden=None):
        return x[..., :1], hidden if hidden is not None else torch.zeros(len(x), 1)


def _recording(*peaks):
    x = np.full((STEPS, 96), -9.0, np.float32)
    for step, logit in peaks:
        x[step : step + 3, 0] = logit
    return x


@pytest.fixture
def negatives():
    """Four stretches, clean and noisy; the noisy ones of odd stretches and clean ones of even ones count."""
    clean = [_recording((50, 2.0)), _recording((50, 9.0)), _recording(), _recording((20, 9.0))]
    noisy = [_recording((20, 9.0)), _recording((60, 1.0)), _recording((70, 9.0)), _recording()]
    rows = [one for pair in zip(clean, noisy, strict=True) for one in pair]
    return Negatives(
        Bank.of(np.stack(rows)),
        tuple(Stretch("s", str(number)) for number in range(4)),
        np.repeat(np.arange(4, dtype=np.int32), 2),
        np.tile(np.array([0, 1], np.int8), 4),
        "trunk",
    )


def test_every_stretch_is_heard_once_half_of_them_clean(negatives):
    scores = hours_heard(_Loudest(), negatives)
    assert len(scores) == 4 * STEPS
    loud = [(at // STEPS, at % STEPS) for at in np.flatnonzero(scores > 0.7)]
    assert loud == [(0, 50), (0, 51), (0, 52), (1, 60), (1, 61), (1, 62)]


def test_the_threshold_misses_fewest_of_those_that_are_strict_enough(negatives):
    words = [(_recording((40, 1.5)), (Span("w", 2.5, 3.2),)), (_recording((40, 0.5)), (Span("w", 2.5, 3.2),))]
    hours = 4 * 10 / 3600
    none = judge_head(_Loudest(), words, negatives, 0.0)
    assert none.false_accepts == 0
    assert none.hours == pytest.approx(hours)
    assert none.trigger.threshold > torch.sigmoid(torch.tensor(2.0)).item()
    assert none.missed == none.words == 2
    one = judge_head(_Loudest(), words, negatives, 1 / hours)
    assert one.false_accepts == 1
    assert one.trigger.threshold < none.trigger.threshold
    assert one.missed == 1
    assert one.table["rows"][-1][1] == 0


def test_a_higher_threshold_is_worth_one_word_in_twenty(negatives):
    span = (Span("w", 2.5, 3.2),)
    easy, hard = (_recording((40, 8.0)), span), (_recording((40, -4.0)), span)
    few = judge_head(_Loudest(), [easy] * 19 + [hard] * 2, negatives, 1e9)
    many = judge_head(_Loudest(), [easy] * 20 + [hard], negatives, 1e9)
    assert (few.missed, many.missed) == (0, 1)
    assert few.trigger.threshold < 0.02 < 0.9 < many.trigger.threshold


def test_scores_of_scenes_are_those_of_the_head():
    torch.manual_seed(0)
    head = SmallHead(SmallConfig()).eval()
    scene = np.random.default_rng(0).standard_normal((STEPS, 96)).astype(np.float32)
    (track,) = word_tracks(head, [(scene, (Span("w", 1.0, 2.0),))])
    with torch.inference_mode():
        wanted = torch.sigmoid(head(torch.from_numpy(scene[None]))[0])[0, :, 0].numpy()
    np.testing.assert_allclose(track.scores, wanted)
    assert STEP_S == 0.08


def test_words_are_heard_or_missed_one_by_one():
    trigger = TriggerConfig(threshold=0.6, smoothing=1)
    loud, soft = _recording((40, 2.0)), _recording((40, 0.1))
    span = Span("w", 2.5, 3.2)
    words = [(loud, (span,)), (soft, (span,)), (loud, ()), (loud, (Span("w", 0.1, 0.5), span))]
    assert heard_words(_Loudest(), words, trigger).tolist() == [True, False, True, False]
    assert heard_words(_Loudest(), [], trigger).dtype == bool


def test_recordings_are_heard_amid_silence():
    clips = [
        Clip(word(), 16_000, "w", 0.1, 0.5, "v", "a.wav"),
        Clip(word(rate=8_000), 8_000, "w", 0.1, 0.5, "v", "b.wav"),
    ]
    found = said_alone(clips)
    assert [spans for _, spans in found] == [(Span("w", 2.1, 2.5),)] * 2
    assert {x.shape for x, _ in found} == {(52, 96)}  # 4.1 s, in whole steps of 80 ms
    silence = [x[15:20] for x, _ in found]
    np.testing.assert_array_equal(*silence)
    assert np.abs(found[0][0][25:40] - found[0][0][20]).max() > 1
    assert said_alone([]) == []
