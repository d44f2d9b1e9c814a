"""Both networks: their numbers, causality, and stream equals whole."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from oyez.config import FeatureConfig, MelConfig, ModelConfig, SmallConfig
from oyez.train.models import CourseNetwork, SmallNetwork, count_parameters


@pytest.mark.parametrize(("after", "total"), [(False, 522_561), (True, 523_329)])
def test_parameters_of_both_editions(after, total):
    trainable, moving = count_parameters(CourseNetwork(FeatureConfig(), ModelConfig(reset_after=after)))
    assert (trainable + moving, moving) == (total, 904)
    if not after:
        assert trainable == 521_657


@pytest.mark.parametrize("after", [False, True])
def test_ten_seconds_give_1375_steps(after):
    network = CourseNetwork(FeatureConfig(), ModelConfig(reset_after=after)).eval()
    with torch.inference_mode():
        logits, _ = network(torch.zeros(1, 5511, 101))
    assert logits.shape == (1, 1375, 1)


@pytest.mark.parametrize("after", [False, True])
def test_later_input_does_not_change_earlier_output(after):
    network = CourseNetwork(FeatureConfig(), ModelConfig(reset_after=after)).eval()
    x = torch.rand(1, 300, 101)
    changed = x.clone()
    changed[:, 200:] = torch.rand(1, 100, 101) * 50
    with torch.inference_mode():
        before, after_change = network(x)[0], network(changed)[0]
    step = (200 - 15) // 4 + 1  # the first that sees frame 200
    assert torch.equal(before[:, :step], after_change[:, :step])
    assert not torch.equal(before[:, step:], after_change[:, step:])


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 120), max_size=6), after=st.booleans())
def test_stream_equals_whole(cuts, after):
    torch.manual_seed(1)
    config = ModelConfig(filters=6, units=5, reset_after=after)
    network = CourseNetwork(FeatureConfig(), config, words=2).eval()
    x = torch.randn(2, 120, 101)
    with torch.inference_mode():
        whole, _ = network(x)
        state, parts = None, []
        edges = [0, *sorted(cuts), 120]
        for start, stop in pairwise(edges):
            logits, state = network(x[:, start:stop], state)
            parts.append(logits)
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=1e-5)


def test_dropout_drops_80_percent_and_momentum_is_kerass():
    network = CourseNetwork(FeatureConfig(), ModelConfig())
    assert network.dropout.p == 0.8
    assert (network.norm.eps, network.norm.momentum) == (1e-3, 0.01)


def _small(words=2):
    torch.manual_seed(4)
    return SmallNetwork(MelConfig(), SmallConfig(hidden=7, units=5), words).eval()


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 12), max_size=4))
def test_small_stream_equals_whole(cuts):
    network = _small()
    x = torch.randn(2, 96, 32)
    with torch.inference_mode():
        whole, _ = network(x)
        state, parts = None, []
        for start, stop in pairwise([0, *sorted(set(cuts) - {0, 12}), 12]):
            logits, state = network(x[:, 8 * start : 8 * stop], state)
            parts.append(logits)
    assert whole.shape == (2, 12, 2)
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=1e-5)


def test_small_later_input_does_not_change_earlier_output():
    network = _small()
    x = torch.randn(1, 96, 32)
    changed = x.clone()
    changed[:, 56:] = torch.randn(1, 40, 32)
    with torch.inference_mode():
        before, after = network(x)[0], network(changed)[0]
    assert torch.equal(before[:, :7], after[:, :7])
    assert not torch.equal(before[:, 7], after[:, 7])


def test_only_the_head_of_the_small_network_learns():
    network = SmallNetwork(MelConfig(), SmallConfig())
    learning = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert learning == sum(p.numel() for p in network.head.parameters()) == 65_473
    assert count_parameters(network)[0] == 328_128 + 65_473
