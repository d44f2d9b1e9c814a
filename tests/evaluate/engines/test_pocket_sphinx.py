"""pocketsphinx: thresholds as scores, pieces of a stream, phones; a fake decoder, then the real one."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from engine_laws import any_cuts, in_pieces, package, spoken
from oyez.detect.trigger import Trigger
from oyez.errors import ConfigError
from oyez.evaluate.engine import scores
from oyez.evaluate.engines import pocket_sphinx
from oyez.evaluate.engines.pocket_sphinx import PocketSphinx, to_score
from oyez.sound import to_int16
from sounds import noise

STEP_S = 0.08


class Decoder:
    """Knows two words, and finds a candidate wherever a sample is at full scale: the louder, the likelier."""

    utterances: list[int]

    def __init__(self, config):
        assert config == {"lm": None, "kws_threshold": 1e-50, "loglevel": "FATAL"}
        self.words, self.utterances, self.phrase = {"hey", "computer"}, [], None

    def add_word(self, word, phones, update):
        assert update
        if "QQ" in phones:
            raise RuntimeError
        self.words.add(word)

    def lookup_word(self, word):
        return "HH EY" if word in self.words else None

    def add_keyphrase(self, name, phrase):
        self.phrase = phrase

    def activate_search(self, name):
        assert self.phrase

    def start_utt(self):
        self.heard = b""

    def process_raw(self, pcm, no_search, full):
        assert not no_search
        assert not full
        self.heard += pcm

    def end_utt(self):
        self.utterances.append(len(self.heard) // 2)

    def seg(self):
        samples = np.frombuffer(self.heard, np.int16)
        found = [
            SimpleNamespace(end_frame=int(at) // 160, prob=1.0001 ** (int(samples[at]) - 21_500))
            for at in np.flatnonzero(samples >= 19_000)
        ]
        return found or None


@pytest.fixture
def fake(monkeypatch):
    """Takes the place of the package."""
    made = SimpleNamespace(Config=lambda **options: options, Decoder=Decoder)
    monkeypatch.setattr(pocket_sphinx, "require", lambda module, package: made)


def stream(seconds, **marks):
    """Silence with a sample of that 16-bit value at the start of frames: `f123=20_000`."""
    samples = np.zeros(round(seconds * 16_000), np.int16)
    for frame, value in marks.items():
        samples[int(frame[1:]) * 160] = value
    return samples


def test_a_phrase_and_its_threshold(fake):
    engine = PocketSphinx.open(" Hey  computer @1e-20")
    assert (engine.name, engine.word) == ("pocketsphinx hey computer", "hey computer")
    assert engine.trigger.threshold == pytest.approx(40 / 120)
    assert (engine.rate, engine.step_s, engine.wait_s, engine.sweeps) == (16_000, 0.08, 0.08, True)
    assert PocketSphinx.open("computer", "PC").word == "PC"


def test_the_default_is_the_librarys(fake):
    assert PocketSphinx.open("computer").trigger.threshold == to_score(1e-30) == 0.25


def test_scores_go_by_powers_of_ten():
    ratios = [1e-61, 1e-60, 1e-30, 1, 1e30, 1e60, 1e61]
    assert [to_score(ratio) for ratio in ratios] == pytest.approx([0, 0, 0.25, 0.5, 0.75, 1, 1])


@pytest.mark.parametrize("number", ["", "0", "-1", "1e-51", "1e51", "high", "nan"])
def test_a_threshold_out_of_range(fake, number):
    with pytest.raises(ConfigError, match=f"must be 1e-50 to 1e\\+50, got '{number}'"):
        PocketSphinx.open(f"computer@{number}")


def test_a_word_that_the_dictionary_lacks(fake):
    with pytest.raises(ConfigError, match=r"dictionary lacks oyez, hear.*'pocketsphinx:oyez hear=OW Y EH Z'"):
        PocketSphinx.open("Oyez hear")


def test_an_empty_phrase(fake):
    with pytest.raises(ConfigError, match="lacks the empty phrase"):
        PocketSphinx.open("@1")


def test_a_pronunciation(fake):
    engine = PocketSphinx.open("hey oyez=hh ey ow y eh z@1")
    assert (engine.word, engine.phones, engine.trigger.threshold) == ("hey oyez", "HH EY OW Y EH Z", 0.5)
    assert engine.decoder().phrase == "hey_oyez"


def test_a_pronunciation_in_unknown_phones(fake):
    with pytest.raises(ConfigError, match="cannot say 'oyez' as 'OW QQ': phones are those of CMUdict"):
        PocketSphinx.open("oyez=ow qq")


def test_a_candidate_is_told_a_little_later(fake):
    heard = scores(PocketSphinx.open("computer"), stream(1, f40=20_000), 16_000)
    assert len(heard) == 25
    assert np.flatnonzero(heard).tolist() == [6]  # 0.41 + 0.15 s, the end of the step 0.48 to 0.56
    ratio_log10 = 1_024 * math.log10(1.0001) * (20_000 - 21_500 + 1_500)
    assert heard[6] == pytest.approx((60 + ratio_log10) / 120) == 0.5


def test_scores_do_not_leave_their_range(fake):
    heard = scores(PocketSphinx.open("computer"), stream(2, f40=19_000, f140=32_000), 16_000)
    assert heard[[6, 19]] == pytest.approx([0.1294, 1], abs=1e-4)


def test_the_last_candidate_is_told_before_the_end(fake):
    engine = PocketSphinx.open("computer").listen(16_000)
    assert not len(engine.push(stream(1, f99=20_000)))
    assert np.flatnonzero(engine.finish()).tolist() == [14]
    hearing = pocket_sphinx._Hearing(PocketSphinx.open("computer").decoder())
    hearing.push(stream(STEP_S, f7=20_000))
    assert np.flatnonzero(hearing.finish()).tolist() == [0]


def test_pieces_of_a_long_stream_leave_no_seam(fake):
    """Candidates before, at and after the end of a piece, which overlaps with the next one."""
    engine = PocketSphinx.open("computer")
    marks = {
        "f5900": 20_000,
        "f5990": 20_001,
        "f5999": 20_002,
        "f6000": 20_003,
        "f6040": 20_004,
        "f12500": 20_005,
    }
    listener, samples = engine.listen(16_000), stream(130, **marks)
    early = listener.push(samples)
    assert len(early) == 1_500  # two minutes
    late = listener.finish()
    heard = np.concatenate((early, late))
    assert len(heard) == math.ceil(131 / STEP_S)
    expected = [
        math.ceil((frame / 100 + 0.16) / STEP_S - 1e-6) - 1 for frame in (5900, 5990, 5999, 6000, 6040, 12500)
    ]
    assert np.flatnonzero(heard).tolist() == sorted(set(expected))


def test_memory_does_not_grow_with_the_stream(fake):
    hearing = pocket_sphinx._Hearing(PocketSphinx.open("computer").decoder())
    most = 0
    for block in stream(400).reshape(-1, 1_280):
        hearing.push(block)
        most = max(most, len(hearing._blocks))
    hearing.finish()
    longest = (750 + 38 + 6) * 1_280
    assert most == 750 + 38 + 5
    assert hearing._decoder.utterances == [756 * 1_280, *[longest] * 5, (5_000 - 4_500 + 38) * 1_280]


def real(what):
    """The real engine, where it is installed."""
    package("pocketsphinx", "pocketsphinx")
    return PocketSphinx.open(what)


def test_the_real_one_hears_its_phrase():
    engine = real("alexa@1e-10")
    found = Trigger(engine.trigger, engine.step_s).push(scores(engine, spoken("Alexa"), 16_000))
    assert len(found) == 1
    assert 1.3 < (found[0][0] + 1) * engine.step_s < 2.2
    assert not scores(engine, spoken("hey Jarvis"), 16_000).any()


def test_the_real_one_hears_a_pronunciation():
    engine = real("oyez=OW Y EH Z")
    assert scores(engine, spoken("oh yes"), 16_000).max() > engine.trigger.threshold


def test_the_real_one_lacks_words_and_phones():
    with pytest.raises(ConfigError, match="dictionary lacks oyezoyez"):
        real("oyezoyez")
    with pytest.raises(ConfigError, match="cannot say"):
        real("oyez=QQ")


def test_the_real_one_hears_the_same_from_any_cut_and_scale(rng):
    engine, samples = real("alexa"), spoken("Alexa")
    whole = scores(engine, samples, 16_000)
    other = engine.listen(16_000)
    other.push(noise(0, 1, 16_000))
    assert np.array_equal(in_pieces(engine, samples, 16_000, any_cuts(rng, len(samples))), whole)
    assert np.array_equal(scores(engine, to_int16(samples), 16_000), whole)


def test_the_real_ones_default_threshold():
    assert package("pocketsphinx", "pocketsphinx").Config()["kws_threshold"] == pocket_sphinx.DEFAULT


@pytest.mark.parametrize("nudge", [-1, 1])
def test_the_real_one_at_a_threshold_tells_what_our_scores_tell(nudge):
    """A threshold just below a candidate's ratio finds it, one just above does not."""
    made, samples = package("pocketsphinx", "pocketsphinx"), spoken("Alexa")
    best = float(scores(real("alexa"), samples, 16_000).max())
    threshold = 10.0 ** (120 * best - 60 + nudge * 0.06)  # its ratios lie 0.044 apart
    config = made.Config(lm=None, keyphrase="alexa", kws_threshold=threshold, loglevel="FATAL")
    decoder = made.Decoder(config)
    decoder.start_utt()
    decoder.process_raw(
        np.concatenate((to_int16(samples), np.zeros(16_640, np.int16))).tobytes(), False, False
    )
    decoder.end_utt()
    assert bool(list(decoder.seg() or ())) == (nudge < 0)
