"""Recurrent layers whose state is a value: `(x, state) -> (y, state)`."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

__all__ = ["GRU", "hard_sigmoid"]

Gate = Literal["sigmoid", "hard_sigmoid"]


def hard_sigmoid(x: Tensor) -> Tensor:
    """Keras 2's hard sigmoid, clip(0.2 x + 0.5, 0, 1); torch's own has a slope of 1/6."""
    return (0.2 * x + 0.5).clamp(0.0, 1.0)


class GRU(nn.Module):
    """A gated recurrent unit, in either of Keras's editions.

    Parameters are torch's: rows in order of reset, update and new gate.

    Shape: (batch, steps, inputs) and (batch, units) to (batch, steps, units) and (batch, units).

    Source: Cho et al. (2014), arXiv 1406.1078, eq. 5–8 (reset before the product) and its v1
    (reset after it); the second is what `torch.nn.GRU` computes, which is used for it.
    """

    def __init__(self, inputs: int, units: int, *, reset_after: bool = True, gate: Gate = "sigmoid") -> None:
        """Weights as Keras draws them: Glorot uniform, recurrent ones orthogonal, no bias."""
        super().__init__()
        self.units, self.reset_after, self.gate = units, reset_after, gate
        self.weight_ih = nn.Parameter(torch.empty(3 * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(3 * units, units))
        self.bias_ih = nn.Parameter(torch.zeros(3 * units))
        # the earlier edition has one bias: this one then is a constant, and no parameter
        bias_hh = torch.zeros(3 * units)
        if reset_after:
            self.bias_hh = nn.Parameter(bias_hh)
        else:
            self.register_buffer("bias_hh", bias_hh, persistent=False)
        nn.init.xavier_uniform_(self.weight_ih)
        nn.init.orthogonal_(self.weight_hh)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Run over the steps of `x` from `state` (zeros when None)."""
        if state is None:
            state = x.new_zeros(len(x), self.units)
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if self.reset_after and self.gate == "sigmoid":
            steps, last = torch.gru(x, state[None], weights, True, 1, 0.0, False, False, True)
            return steps, last[0]
        projected = nn.functional.linear(x, self.weight_ih, self.bias_ih)  # (B, T, 3H)
        y: Tensor = _Recurrence.apply(  # type: ignore[no-untyped-call]
            projected, state, self.weight_hh, self.bias_hh, self.reset_after, self.gate
        )
        return y, y[:, -1]


class _Recurrence(torch.autograd.Function):
    """The loop over steps with its own gradient: several times faster than autograd's trace."""

    @staticmethod
    def forward(
        ctx: Any,
        projected: Tensor,  # (B, T, 3H), in order r, z, n
        state: Tensor,  # (B, H)
        weight: Tensor,  # (3H, H)
        bias: Tensor,  # (3H,)
        reset_after: bool,
        gate: Gate,
    ) -> Tensor:
        units = state.shape[1]
        steps = projected.transpose(0, 1).contiguous()  # (T, B, 3H)
        squash = torch.sigmoid if gate == "sigmoid" else hard_sigmoid
        gates_weight, new_weight = weight[: 2 * units].t(), weight[2 * units :].t()
        gates_bias, new_bias = bias[: 2 * units], bias[2 * units :]
        kept = state.new_empty(4, len(steps), *state.shape)  # r, z, n and the new gate's product
        before = state.new_empty(len(steps) + 1, *state.shape)
        before[0] = h = state
        for t, x in enumerate(steps):
            gates = squash(x[:, : 2 * units] + torch.addmm(gates_bias, h, gates_weight))
            r, z = gates[:, :units], gates[:, units:]
            product = torch.addmm(new_bias, h if reset_after else r * h, new_weight)
            n = torch.tanh(x[:, 2 * units :] + (r * product if reset_after else product))
            h = n + z * (h - n)
            kept[0, t], kept[1, t], kept[2, t], kept[3, t] = r, z, n, product
            before[t + 1] = h
        ctx.save_for_backward(kept, before, weight)
        ctx.reset_after, ctx.gate = reset_after, gate
        return before[1:].transpose(0, 1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        kept, before, weight = ctx.saved_tensors
        units, after = weight.shape[1], ctx.reset_after
        r, z, n, product = kept
        slopes = [g * (1 - g) if ctx.gate == "sigmoid" else 0.2 * ((g > 0) & (g < 1)) for g in (r, z)]
        tanh_slope = 1 - n * n
        grads = grad.transpose(0, 1)
        d_x = grads.new_empty(len(grads), grads.shape[1], 3 * units)  # before the gates' activations
        d_product = torch.empty_like(n)
        d_h = torch.zeros_like(before[0])
        gates_weight, new_weight = weight[: 2 * units], weight[2 * units :]
        for t in range(len(grads) - 1, -1, -1):
            d_h = d_h + grads[t]
            h = before[t]
            d_n = d_h * (1 - z[t]) * tanh_slope[t]
            d_z = d_h * (h - n[t]) * slopes[1][t]
            if after:
                d_product[t] = d_n * r[t]
                d_r = d_n * product[t] * slopes[0][t]
                through_new = d_product[t] @ new_weight
            else:
                d_product[t] = d_n
                d_reset = d_n @ new_weight
                d_r = d_reset * h * slopes[0][t]
                through_new = d_reset * r[t]
            d_x[t] = torch.cat((d_r, d_z, d_n), 1)
            d_h = d_h * z[t] + d_x[t, :, : 2 * units] @ gates_weight + through_new
        past = before[:-1]
        seen = past if after else r * past
        d_weight = torch.cat(
            (
                d_x[..., : 2 * units].flatten(0, 1).t() @ past.flatten(0, 1),
                d_product.flatten(0, 1).t() @ seen.flatten(0, 1),
            )
        )
        d_bias = torch.cat((d_x[..., : 2 * units].sum((0, 1)), d_product.sum((0, 1))))
        return d_x.transpose(0, 1), d_h, d_weight, d_bias, None, None
