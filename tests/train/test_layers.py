"""Recurrent layers: gradient, torch's own, an independent loop, state as a value."""

import numpy as np
import pytest
import torch

from oyez.train.layers import GRU, hard_sigmoid

EDITIONS = [(after, gate) for after in (True, False) for gate in ("sigmoid", "hard_sigmoid")]


def _random(gru: GRU) -> GRU:
    torch.manual_seed(3)
    for parameter in gru.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return gru


def _by_hand(gru: GRU, x: np.ndarray) -> np.ndarray:
    """The equations of Keras's documentation, one sample at a time."""
    weight, recurrent, bias, bias_hh = (
        getattr(gru, name).detach().numpy() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )

    def gate(v: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-v)) if gru.gate == "sigmoid" else np.clip(0.2 * v + 0.5, 0, 1)

    (wr, wz, wn), (ur, uz, un) = np.split(weight, 3), np.split(recurrent, 3)
    (br, bz, bn), (cr, cz, cn) = np.split(bias, 3), np.split(bias_hh, 3)
    out = []
    for row in x:
        h, steps = np.zeros(gru.units), []
        for v in row:
            r = gate(wr @ v + br + ur @ h + cr)
            z = gate(wz @ v + bz + uz @ h + cz)
            inner = r * (un @ h + cn) if gru.reset_after else un @ (r * h) + cn
            h = z * h + (1 - z) * np.tanh(wn @ v + bn + inner)
            steps.append(h)
        out.append(steps)
    return np.array(out)


@pytest.mark.parametrize(("after", "gate"), EDITIONS)
def test_equals_the_equations(after, gate):
    gru = _random(GRU(5, 3, reset_after=after, gate=gate))
    x = torch.randn(2, 7, 5)
    y, last = gru(x)
    np.testing.assert_allclose(y.detach(), _by_hand(gru, x.numpy()), atol=1e-5)
    assert torch.equal(last, y[:, -1])


@pytest.mark.parametrize(("after", "gate"), EDITIONS)
def test_gradient(after, gate):
    gru = _random(GRU(3, 2, reset_after=after, gate=gate)).double()
    x = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)
    h = torch.randn(2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, h, *_: gru(x, h)[0], (x, h, *gru.parameters()))


def test_reset_after_is_torchs_own():
    gru = _random(GRU(5, 3))
    own = torch.nn.GRU(5, 3, batch_first=True)
    own.load_state_dict({f"{name}_l0": value for name, value in gru.state_dict().items()})
    x = torch.randn(2, 6, 5)
    torch.testing.assert_close(gru(x)[0], own(x)[0])


@pytest.mark.parametrize(("after", "gate"), EDITIONS)
def test_state_is_a_value(after, gate):
    """Cut anywhere, and the same comes out."""
    gru = _random(GRU(4, 3, reset_after=after, gate=gate))
    x = torch.randn(1, 9, 4)
    whole, _ = gru(x)
    first, state = gru(x[:, :4])
    second, _ = gru(x[:, 4:], state)
    torch.testing.assert_close(torch.cat((first, second), 1), whole)


def test_hard_sigmoid_has_keras_slope():
    x = torch.tensor([-3.0, -2.5, 0.0, 1.0, 2.5, 9.0])
    torch.testing.assert_close(hard_sigmoid(x), torch.tensor([0.0, 0.0, 0.5, 0.7, 1.0, 1.0]))


def test_weights_are_drawn_as_keras_draws_them():
    torch.manual_seed(0)
    gru = GRU(196, 128)
    limit = (6 / (196 + 3 * 128)) ** 0.5
    assert 0.95 * limit < gru.weight_ih.abs().max() <= limit
    product = gru.weight_hh.t() @ gru.weight_hh
    torch.testing.assert_close(product, torch.eye(128), atol=1e-5, rtol=0)
    assert not gru.bias_ih.any()
