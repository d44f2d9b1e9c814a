"""Neighbours are where they are said to be, and none holds the phrase."""

import numpy as np
import pytest

from oyez.synth.distance import distance, edits
from oyez.synth.neighbours import WORDS_PER_HOUR, neighbours, per_hour, vocabulary
from oyez.synth.pronunciation import bare, sounds


@pytest.mark.parametrize("phrase", ["view glass", "computer", "hi"])
def test_distances_are_those_of_what_is_said(phrase):
    way = sounds(phrase)
    found = neighbours(way)
    for one in found[:: max(1, len(found) // 50)]:
        assert one.edits == edits(bare(one.spoken), way)
        assert one.distance == pytest.approx(distance(bare(one.spoken), way))
        assert way not in bare(one.spoken)
        assert 0 < one.edits <= 3
        assert one.per_hour > 0
    assert [one.edits for one in found] == sorted(one.edits for one in found)
    assert len({bare(one.spoken) for one in found}) == len(found)


def test_words_and_pairs_are_found():
    texts = [one.text for one in neighbours(sounds("computer"))]
    assert texts[0] == "commuter"
    assert "camp user" in texts
    assert "computers" not in texts


def test_a_pair_is_measured_as_if_tried_one_by_one():
    """The first and last words of a phrase, each against all frequent words, as brute force finds them."""
    way = sounds("view glass")
    words = vocabulary()
    found = {one.text for one in neighbours(way)}
    second = words.number["glass"]
    firsts = [index for index in range(2_000) if edits(words.sounds[index], "vju") == 1]
    assert firsts
    for index in firsts:
        said = words.sounds[index] + words.sounds[second]
        if edits(said, way) <= 2 and way not in said:
            alike = words.words[words.of_sounds[words.sounds[index]]]
            assert {f"{alike} glass", f"{words.words[index]} glass"} & found


def test_how_often():
    often = 10 ** (vocabulary().often[vocabulary().number["computer"]] - 9)
    assert per_hour("computer") == pytest.approx(WORDS_PER_HOUR * often)
    assert per_hour("Hey Computer") < per_hour("computer") / 1000
    assert 0 < per_hour("blorptangle") < 0.01


def test_vocabulary_is_in_order():
    words = vocabulary()
    assert len(words.words) == 20_000
    assert (np.diff(words.often) <= 0).all()
    assert words.words[words.of_sounds[sounds("two")]] == "to"
