"""Examples: reproducible scenes, the lesson's arrays."""

import numpy as np
import pytest

from corpus_folder import write_corpus
from oyez import features
from oyez.config import PRESETS, FeatureConfig
from oyez.errors import DataError
from oyez.synth.clips import load_corpus
from oyez.synth.scene import SceneConfig
from oyez.train.dataset import ArrayExamples, SceneExamples, load_arrays, stack

SCENE = SceneConfig(duration_s=1.5, positives=(1, 1), negatives=(0, 1))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return load_corpus(write_corpus(tmp_path_factory.mktemp("corpus")))


def test_an_example_is_a_function_of_its_numbers(corpus):
    one, other = (SceneExamples(corpus, SCENE, PRESETS["course"], 10, seed=3) for _ in range(2))
    for epoch, number in ((0, 0), (0, 1), (5, 7)):
        a, b = one.get(epoch, number), other.get(epoch, number)
        assert np.array_equal(a.x, b.x)
        assert np.array_equal(a.y, b.y)
    assert not np.array_equal(one.get(0, 0).x, one.get(1, 0).x)
    assert not np.array_equal(
        one.get(0, 0).x, SceneExamples(corpus, SCENE, PRESETS["course"], 10, 4).get(0, 0).x
    )


def test_an_example_is_its_scene(corpus):
    examples = SceneExamples(corpus, SCENE, PRESETS["course"], 10, seed=3)
    example, rendered = examples.get(0, 2), examples.render(0, 2)
    assert len(rendered.samples) == 66_150
    assert np.array_equal(example.x, features.spectrogram(rendered.samples))
    (span,) = rendered.spans
    first = int(np.argmax(example.y[:, 0]))
    assert first == int(span.end_s * len(example.y) / 1.5) + 1
    assert example.y.sum() == min(50, len(example.y) - first)


def _write(folder, count=5, frames=5511, steps=1375):
    rng = np.random.default_rng(1)
    x = rng.random((count, frames, 101), dtype=np.float32)
    y = np.zeros((count, steps, 1), np.float32)
    y[:, 600:650] = 1
    folder.mkdir(exist_ok=True)
    np.save(folder / "X.npy", x)
    np.save(folder / "Y.npy", y)
    return x, y


def test_the_lessons_arrays(tmp_path):
    x, y = _write(tmp_path)
    examples = ArrayExamples(tmp_path, FeatureConfig(), "activate", seed=1)
    assert (len(examples), examples.words) == (5, ("activate",))
    assert examples.duration_s == pytest.approx(10.0, abs=0.001)
    orders = []
    for epoch in range(2):
        got = [examples.get(epoch, number) for number in range(5)]
        order = [int(np.argmin([np.abs(one.x - row).max() for row in x])) for one in got]
        assert sorted(order) == [0, 1, 2, 3, 4]
        orders.append(order)
        assert np.array_equal(stack(got)[1], y)
        assert got[0].spans[0].end_s == pytest.approx(599 * 10 / 1375, abs=1e-3)
    assert orders[0] != orders[1]


def test_arrays_are_scaled_as_the_network_wants(tmp_path):
    x, _ = _write(tmp_path, 1)
    got = ArrayExamples(tmp_path, FeatureConfig(scale="log", max_hz=7_500), "activate", seed=1).get(0, 0)
    np.testing.assert_allclose(got.x[:, :35], np.log10(x[0, :, :35] + 1e-3), rtol=1e-5)
    np.testing.assert_allclose(got.x[:, 35:], -3, rtol=1e-6)


def test_arrays_that_do_not_fit(tmp_path):
    with pytest.raises(DataError, match=r"X\.npy: no such file"):
        load_arrays(tmp_path, FeatureConfig())
    _write(tmp_path)
    np.save(tmp_path / "Y.npy", np.zeros((4, 1375, 1)))
    with pytest.raises(DataError, match=r"got \(5, 5511, 101\) and \(4, 1375, 1\)"):
        load_arrays(tmp_path, FeatureConfig())
    (tmp_path / "X.npy").write_text("hello")
    with pytest.raises(DataError, match=r"expected an array saved by numpy\.save"):
        load_arrays(tmp_path, FeatureConfig())
