"""Nodes and constants of an ONNX graph, in order: what both networks' graphs are built with."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["IR_VERSION", "OPSET", "Array", "Nodes"]

Array = npt.NDArray[np.float32]

OPSET, IR_VERSION = 17, 9


class Nodes:
    """A graph that grows node by node; values go by their names."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        """Empty.

        Args:
            weights: of the network, by name: `weight` puts those that are asked for into the graph.
        """
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._count = 0

    def weight(self, name: str) -> str:
        """A weight of the network; it keeps its name, so that the file can be trained further."""
        return self.constant(self.weights[name], name)

    def constant(self, value: npt.ArrayLike, name: str = "") -> str:
        """An initializer; returns its name."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = name or self._name("constant")
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def ints(self, *values: int) -> str:
        """An initializer of whole numbers: axes, shapes, bounds."""
        return self.constant(np.array(values, np.int64), "ints_" + "_".join(map(str, values)))

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """A node with one output that counts; returns its name."""
        return self.add_many(operator, *inputs, outputs=outputs, **attributes)[0]

    def add_many(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """A node; returns the names of its outputs."""
        names = [self._name(operator.lower()) for _ in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def slice(self, x: str, start: int, stop: int | None, axis: int) -> str:
        """x[start:stop] along an axis."""
        stop = np.iinfo(np.int64).max if stop is None else stop
        return self.add("Slice", x, self.ints(start), self.ints(stop), self.ints(axis))

    def dense(self, x: str, name: str) -> str:
        """The linear layer whose weights have that name: (…, inputs) to (…, outputs)."""
        matrix = self.add("Transpose", self.weight(f"{name}.weight"), perm=[1, 0])
        return self.add("Add", self.add("MatMul", x, matrix), self.weight(f"{name}.bias"))

    def gru(
        self, x: str, weights: Sequence[str], state: str, units: int, **attributes: Any
    ) -> tuple[str, str]:
        """A GRU whose weights are in torch's order.

        Args:
            x: (T, S, inputs).
            weights: names of the input's and the recurrent matrix, and of their biases.
            state: (S, units).
            units: of it.
            attributes: further ones of the node.

        Returns:
            (T, S, units), and the last step's (S, units).
        """
        front = self.ints(0)
        reordered = [self._gate_order(one, units) for one in weights]
        matrices = [self.add("Unsqueeze", one, front) for one in reordered[:2]]
        bias = self.add("Unsqueeze", self.add("Concat", *reordered[2:], axis=0), front)
        state = self.add("Unsqueeze", state, front)
        inputs = (x, *matrices, bias, "", state)
        y, last = self.add_many("GRU", *inputs, outputs=2, hidden_size=units, **attributes)
        return self.add("Squeeze", y, self.ints(1)), self.add("Squeeze", last, front)

    def rename(self, x: str, name: str) -> None:
        """Give an output its public name."""
        self.nodes.append(helper.make_node("Identity", [x], [name]))

    def model(self, state: int, words: int) -> onnx.ModelProto:
        """The model: `pcm` and `state` of that size in, `scores` and `state_out` out."""

        def value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes,
            "oyez",
            [value("pcm", "streams", "samples"), value("state", "streams", state)],
            [value("scores", "streams", "steps", words), value("state_out", "streams", state)],
            list(self._constants.values()),
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, producer_name="oyez", opset_imports=[opset])
        model.ir_version = IR_VERSION
        return model

    def _gate_order(self, x: str, units: int) -> str:
        """Rows in torch's order (reset, update, new) to ONNX's (update, reset, new)."""
        reset, update, new = self.add_many("Split", x, self.ints(units, units, units), outputs=3, axis=0)
        return self.add("Concat", update, reset, new, axis=0)

    def _name(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"
