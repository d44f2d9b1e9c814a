from collections import deque
from datetime import UTC, datetime
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sounds
from oyez import audio
from oyez.errors import AudioError, ConfigError, DeviceError
from oyez.record.folder import BACKGROUNDS, OTHER_WORDS, RecordingFolder
from oyez.record.session import Choice, Plan, Session

RATE = 8_000
COUNTDOWN_S = 0.3
WHEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Tape:
    """A source that was recorded before; `flush` and `lost` are those of a microphone."""

    name = "tape"
    rate = RATE

    def __init__(self, *blocks):
        self.blocks = deque(blocks)
        self.flushes = 0
        self.losses = []

    @property
    def lost(self):
        return self.losses.pop(0) if self.losses else 0

    def __iter__(self):
        while self.blocks:
            yield self.blocks.popleft()

    def flush(self):
        self.flushes += 1

    def close(self):
        pass


class Person:
    """Notes what it is told, chooses what it was told to choose."""

    def __init__(self, *choices):
        self.choices = list(choices)
        self.asked, self.ticks, self.takes, self.files, self.notes, self.levels = [], [], [], [], [], []

    def ask(self, word, number, count):
        self.asked.append((word, number, count))

    def count_down(self, left):
        self.ticks.append(left)

    def listen(self, level_dbfs, left_s):
        self.levels.append((level_dbfs, left_s))

    def judge(self, take):
        self.takes.append(take)

    def choose(self, take):
        return self.choices.pop(0)

    def saved(self, path):
        self.files.append(path.name)

    def note(self, text):
        self.notes.append(text)


def take(level=0.1, seed=0, **more):
    """A countdown, in which there is a click, and two seconds with a word in them."""
    countdown = sounds.noise(9, COUNTDOWN_S, RATE, 0.2)
    return np.concatenate((countdown, sounds.take(level, rate=RATE, seed=seed, **more)))


def plan(folder="yes", speaker="ann", count=2, **more):
    return Plan(folder, speaker, count, **{"take_s": 2.0, "countdown_s": COUNTDOWN_S} | more)


def record(root, tape, person, words=None, player=None, **more):
    session = Session(tape, RecordingFolder(root), person, plan(**more), player=player, now=lambda: WHEN)
    return session.run(repeat("yes") if words is None else words)


def test_two_takes_are_kept(tmp_path):
    tape, person = Tape(take(seed=1), take(seed=2)), Person(Choice.KEEP, Choice.KEEP)
    outcome = record(tmp_path, tape, person)
    assert (outcome.kept, outcome.failures, outcome.ended) == (2, {}, False)
    assert person.asked == [("yes", 1, 2), ("yes", 2, 2)]
    assert person.ticks == [3, 2, 1] * 2
    assert person.files == ["ann_0001.wav", "ann_0002.wav"]
    assert tape.flushes == 2
    metadata = (tmp_path / "metadata.csv").read_text("utf-8")
    assert metadata.count(",yes,ann,") == 2
    assert metadata.count("tape,2026-11-24T10:00:00+00:00") == 2
    # the countdown is no part of the recording: its noise would be the loudest thing in it
    samples, rate = audio.read(tmp_path / "yes" / "ann_0001.wav")
    assert rate == RATE
    assert np.allclose(samples[:1_000], sounds.take(rate=RATE, seed=1)[4_800:5_800], atol=1e-4)


def test_the_meter_follows_the_samples(tmp_path):
    person = Person(Choice.QUIT)
    record(tmp_path, Tape(*np.array_split(take(), 50)), person)
    levels, left_s = zip(*person.levels, strict=True)
    assert len(levels) > 40
    assert max(levels) == pytest.approx(-20, abs=0.5)
    assert min(levels) == pytest.approx(-60, abs=2)
    assert left_s == tuple(sorted(left_s, reverse=True))
    assert left_s[-1] == 0


def test_again_skip_and_quit(tmp_path):
    tape = Tape(*(take(seed=seed) for seed in range(9)))
    person = Person(Choice.AGAIN, Choice.KEEP, Choice.SKIP, Choice.KEEP, Choice.QUIT)
    outcome = record(tmp_path, tape, person, iter("abcdef"), folder=OTHER_WORDS, count=9)
    assert [word for word, _, _ in person.asked] == ["a", "a", "b", "c", "d"]
    assert person.files == ["ann_0001.wav", "ann_0002.wav"]
    assert outcome.failures == {"not liked": 1}
    assert RecordingFolder(tmp_path).said(OTHER_WORDS, "ann") == {"a", "c"}


def test_what_does_not_pass_can_be_kept_all_the_same(tmp_path):
    person = Person(Choice.KEEP)
    assert record(tmp_path, Tape(take(level=0.45)), person, count=1).kept == 1
    assert not person.takes[0].passes


def test_what_passes_is_played_and_can_be_played_again(tmp_path):
    played = []
    person = Person(Choice.PLAY, Choice.KEEP)
    record(tmp_path, Tape(take()), person, player=lambda *sound: played.append(sound), count=1)
    assert [rate for _, rate in played] == [RATE, RATE]
    assert all(np.array_equal(samples, person.takes[0].clip) for samples, _ in played)


def test_what_does_not_pass_is_played_when_asked_for(tmp_path):
    played = []
    person = Person(Choice.PLAY, Choice.QUIT)
    record(tmp_path, Tape(take(level=0.45)), person, player=lambda *sound: played.append(sound))
    assert len(played) == 1


def test_our_own_sound_is_not_recorded(tmp_path):
    """Playback reaches the microphone: it waits in the queue, and is forgotten before the next take."""

    class Microphone(Tape):
        def flush(self):
            self.blocks = deque(block for block in self.blocks if block is not echo)

    echo = sounds.noise(5, 1.0, RATE, 0.5)
    tape = Microphone(take(seed=1))

    def play(samples, rate):
        tape.blocks += [echo, take(seed=2)]

    record(tmp_path, tape, Person(Choice.KEEP, Choice.KEEP), player=play)
    second, _ = audio.read(tmp_path / "yes" / "ann_0002.wav")
    assert np.abs(second).max() < 0.2


def test_without_a_loudspeaker_recording_goes_on(tmp_path):
    def play(samples, rate):
        raise DeviceError("nothing can be played (no output).")

    person = Person(Choice.KEEP, Choice.KEEP)
    outcome = record(tmp_path, Tape(take(), take(seed=1)), person, player=play)
    assert outcome.kept == 2
    assert person.notes == ["nothing can be played (no output). Recording goes on without playback."]


def test_nobody_is_asked_where_all_goes_by_itself(tmp_path):
    tape, person = Tape(take(), take(level=0.45), take(seed=1)), Person()
    outcome = record(tmp_path, tape, person, automatic=True, player=lambda *_: 1 / 0)
    assert (outcome.kept, outcome.failures) == (2, {"too loud": 1})
    assert person.asked == [("yes", 1, 2), ("yes", 2, 2), ("yes", 2, 2)]


def test_nobody_is_asked_for_ever(tmp_path):
    tape = Tape(take(), *(np.zeros(10 * RATE, np.float32) for _ in range(9)))
    with pytest.raises(
        AudioError, match=r"5 takes in a row did not pass\. The last: silent \(digital silence\)"
    ):
        record(tmp_path, tape, Person(), automatic=True)
    assert RecordingFolder(tmp_path).count("yes", "ann") == 1


def test_a_stream_that_ends(tmp_path):
    outcome = record(tmp_path, Tape(take(), take()[:3_000]), Person(), automatic=True)
    assert (outcome.kept, outcome.ended) == (1, True)


def test_a_last_take_that_is_short_still_counts(tmp_path):
    """A word, and then the recorder was stopped."""
    outcome = record(tmp_path, Tape(take()[:-4_000]), Person(), automatic=True)
    assert (outcome.kept, outcome.ended) == (1, True)


def test_a_take_with_samples_missing_does_not_pass(tmp_path):
    tape, person = Tape(take(), take(seed=1)), Person()
    tape.losses = [2]
    outcome = record(tmp_path, tape, person, count=1, automatic=True)
    assert (outcome.kept, outcome.failures) == (1, {"interrupted": 1})
    assert "samples are missing" in str(person.takes[0].problems[0])


def test_the_same_command_goes_on(tmp_path):
    record(tmp_path, Tape(take()), Person(), automatic=True)
    before = sounds.files(tmp_path)
    person = Person()
    outcome = record(tmp_path, Tape(take(seed=1), take(seed=2)), person, automatic=True)
    assert outcome.kept == 1
    assert person.asked == [("yes", 2, 2)]
    after = sounds.files(tmp_path)
    assert {name for name in after if after[name] == before.get(name)} == {"yes/ann_0001.wav"}
    assert record(tmp_path, Tape(), Person()).kept == 0  # enough is there: nobody is asked


def test_what_was_kept_outlives_a_microphone(tmp_path):
    class Unplugged(Tape):
        def __iter__(self):
            yield from super().__iter__()
            raise DeviceError("gone")

    with pytest.raises(DeviceError, match="gone"):
        record(tmp_path, Unplugged(take()), Person(Choice.KEEP))
    assert RecordingFolder(tmp_path).count("yes", "ann") == 1


def test_a_room_is_recorded_whole_and_not_played(tmp_path):
    room = sounds.noise(0, 3.0 + COUNTDOWN_S, RATE, 0.01)
    person = Person(Choice.KEEP)
    more = {"folder": BACKGROUNDS, "speaker": "", "count": 1, "take_s": 3.0}
    record(tmp_path, Tape(room), person, iter([""]), player=lambda *_: 1 / 0, **more)
    assert person.files == ["room_0001.wav"]
    assert audio.duration_s(tmp_path / "backgrounds" / "room_0001.wav") == 3.0


STREAM = np.concatenate((take(seed=1), take(level=0.45), take(seed=2)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=20).map(sorted))
def test_cuts_of_the_stream_do_not_matter(tmp_path_factory, cuts):
    whole, cut = (tmp_path_factory.mktemp(name) for name in ("whole", "cut"))
    record(whole, Tape(STREAM), Person(), automatic=True)
    record(cut, Tape(*np.split(STREAM, cuts)), Person(), automatic=True)
    assert len(sounds.files(whole)) == 3
    assert sounds.files(cut) == sounds.files(whole)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"count": 0}, "--count must be 1 or more, got 0"),
        ({"take_s": 0.1}, r"a take must be 0\.5\.\.3600 s long, got 0\.1 s"),
        ({"take_s": float("nan")}, "got nan s"),
        ({"countdown_s": 0.0}, r"--countdown must be 0\.3\.\.60 s, got 0"),
    ],
)
def test_a_plan_that_cannot_be(values, says):
    with pytest.raises(ConfigError, match=says):
        plan(**values)
