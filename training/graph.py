"""The network as an ONNX graph that reads one window, its weights as 8-bit integers.

The graph is written node by node rather than traced, so that it holds what onnxruntime runs fastest, and each
tensor can be stored as it loses least:

- pieces and positions: one scale a row;
- matrices of the layers: 7 bits with one scale for what each output is reckoned from, multiplied by 8 bits with one
  scale for each piece; or blocks of `BLOCK` weights with one scale each (`MatMulNBits`), multiplied in 8 bits or in 32
  bits as `accuracy` says;
- norms, biases and the heads: 32 bits.

Input ``ids``: (length,) int64. Output ``tags``: (length, tags of all heads side by side); output ``speaker``:
(length, 3 * SPEAKER_SIZE + 2), of which `processors.encoder.speaker` makes who speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from processors.encoder.speaker import SIZE as SPEAKER_SIZE
from processors.encoder.tags import HEADS
from training.e5 import Floats, Shape

MICROSOFT = "com.microsoft"
BLOCK = 64  # weights that share a scale
# MatMulNBits' accuracy_level: how the inner products are reckoned
INT8, FLOAT32 = 4, 1
Kind = Literal["float", "blocks", "rows"]
EIGHT_BITS, SEVEN_BITS = 127, 63  # the largest integer of a weight
_MIDDLE = 128  # what stands for 0 in unsigned bytes


@dataclass
class _Graph:
    """Nodes and weights in order; names are made up as needed."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[TensorProto] = field(default_factory=list)
    _scalars: set[str] = field(default_factory=set)

    def const(self, name: str, value: NDArray[np.generic]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(
        self,
        op: str,
        inputs: list[str],
        *,
        outputs: int | list[str] = 1,
        domain: str = "",
        **attributes: object,
    ) -> list[str]:
        names = (
            outputs if isinstance(outputs, list) else [f"{op}{len(self.nodes)}_{i}" for i in range(outputs)]
        )
        self.nodes.append(helper.make_node(op, inputs, names, domain=domain, **attributes))
        return names

    def one(self, op: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        return self.add(op, list(inputs), domain=domain, **attributes)[0]

    # x times the transpose of `weight`, (out, in)

    def floats(self, x: str, name: str, weight: Floats) -> str:
        return self.one("MatMul", x, self.const(name, weight.T))

    def by_rows(self, x: str, name: str, weight: Floats) -> str:
        """Integers of 7 bits: two products of bytes must fit 16 bits where a processor has no VNNI."""
        table, scales = rows(weight, SEVEN_BITS)
        integers, scale = self.const(name, table.T), self.const(name + ".scale", scales)
        one, middle = self.scalar(np.float32(1)), self.scalar(np.uint8(_MIDDLE))
        pieces, spread = self._spread(x)
        inputs = [pieces, integers, one, scale, middle]
        y = self.add("MatMulIntegerToFloat", inputs, domain=MICROSOFT)[0]
        return self.one("Mul", y, spread)

    def _spread(self, x: str) -> tuple[str, str]:
        """x, (1, length, hidden), as bytes; what a byte is worth, (1, length, 1)."""
        peak = self.one("ReduceMax", self.one("Abs", x), self.scalar(np.int64(-1), of=1), keepdims=1)
        above = self.one("Max", peak, self.scalar(np.float32(1e-6)))  # a row of zeros
        spread = self.one("Mul", above, self.scalar(np.float32(1 / EIGHT_BITS)))
        scales = self.one("Reshape", spread, self.scalar(np.int64(-1), of=1))
        middle = helper.make_tensor("middle", TensorProto.UINT8, [1], [_MIDDLE])
        middles = self.one("ConstantOfShape", self.one("Shape", scales), value=middle)
        return self.one("QuantizeLinear", x, scales, middles, axis=1), spread

    def scalar(self, value: np.generic, *, of: int = 0) -> str:
        """A constant of one number; `of`: its dimensions."""
        name = f"{value.dtype}_{value}_{of}"
        if name not in self._scalars:
            self._scalars.add(name)
            self.const(name, np.full((1,) * of, value))
        return name

    def blocks(self, x: str, name: str, weight: Floats, *, size: int, accuracy: int) -> str:
        out, inner = weight.shape
        table, scales = rows(weight.reshape(-1, size))
        shifted = (table.astype(np.int16) + 128).astype(np.uint8).reshape(out, inner // size, size)
        integers, scale = self.const(name, shifted), self.const(name + ".scale", scales.reshape(out, -1))
        sizes = {"K": inner, "N": out, "bits": 8, "block_size": size, "accuracy_level": accuracy}
        return self.one("MatMulNBits", x, integers, scale, domain=MICROSOFT, **sizes)


def build(
    state: Mapping[str, Floats], shape: Shape, *, kind: Kind, accuracy: int = FLOAT32, block: int = BLOCK
) -> onnx.ModelProto:
    """The graph of a trained network.

    Args:
        state: its weights by the names of `training.network.Network`, as float32.
        shape: its sizes.
        kind: how the layers' matrices are kept: "float" (32 bits), "rows" or "blocks".
        accuracy: how the products of blocks are reckoned: `INT8` or `FLOAT32`.
        block: weights that share a scale.
    """
    graph = _Graph()
    multiply = {
        "float": graph.floats,
        "rows": graph.by_rows,
        "blocks": partial(graph.blocks, size=block, accuracy=accuracy),
    }[kind]

    def linear(x: str, name: str, *, bias: bool = True) -> str:
        y = multiply(x, name + ".weight", state[name + ".weight"])
        return graph.one("Add", y, graph.const(name + ".bias", state[name + ".bias"])) if bias else y

    def norm(x: str, y: str, name: str, bias: str) -> str:
        inputs = [
            x,
            y,
            graph.const(name + ".weight", state[name + ".weight"]),
            graph.const(name + ".bias", state[name + ".bias"]),
        ]
        inputs.append(graph.const(bias, state[bias]))
        return graph.add("SkipLayerNormalization", inputs, domain=MICROSOFT, epsilon=shape.epsilon)[0]

    x = _embedded(graph, state, shape)
    for i in range(shape.layers):
        at = f"layers.{i}"
        query, key, value = graph.add("Split", [linear(x, f"{at}.qkv")], outputs=3, axis=2, num_outputs=3)
        attended = graph.one("MultiHeadAttention", query, key, value, domain=MICROSOFT, num_heads=shape.heads)
        x = norm(x, linear(attended, f"{at}.out", bias=False), f"{at}.norm1", f"{at}.out.bias")
        up = linear(x, f"{at}.up", bias=False)
        wide = graph.one(
            "BiasGelu", up, graph.const(f"{at}.up.bias", state[f"{at}.up.bias"]), domain=MICROSOFT
        )
        x = norm(x, linear(wide, f"{at}.down", bias=False), f"{at}.norm2", f"{at}.down.bias")
    weight, bias = _heads(state, shape.hidden)
    scores = graph.one(
        "Add", graph.one("MatMul", x, graph.const("heads.weight", weight)), graph.const("heads.bias", bias)
    )
    flat = graph.one("Squeeze", scores, graph.const("first", np.array([0])))
    sizes = graph.const("sizes", np.array([sum(HEADS), weight.shape[1] - sum(HEADS)]))
    graph.add("Split", [flat, sizes], outputs=["tags", "speaker"], axis=1)
    made = helper.make_graph(
        graph.nodes, "kawat",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["length"])],
        [
            helper.make_tensor_value_info("tags", TensorProto.FLOAT, ["length", sum(HEADS)]),
            helper.make_tensor_value_info("speaker", TensorProto.FLOAT, ["length", weight.shape[1] - sum(HEADS)]),
        ],
        graph.weights,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=9, producer_name="kawat")


def _embedded(graph: _Graph, state: Mapping[str, Floats], shape: Shape) -> str:
    table, scales = rows(state["word.weight"])
    ids = "ids"
    words = graph.one(
        "Cast", graph.one("Gather", graph.const("word.weight", table), ids), to=TensorProto.FLOAT
    )
    words = graph.one("Mul", words, graph.one("Gather", graph.const("word.scale", scales[:, None]), ids))
    length = graph.one("Shape", ids)
    zero = graph.const("zero", np.array([0]))
    positions = graph.one("Slice", graph.const("position", state["position"]), zero, length, zero)
    x = graph.one("Unsqueeze", graph.one("Add", words, positions), zero)
    scale, bias = (
        graph.const("norm.weight", state["norm.weight"]),
        graph.const("norm.bias", state["norm.bias"]),
    )
    return graph.one("LayerNormalization", x, scale, bias, axis=-1, epsilon=shape.epsilon)


def rows(weight: Floats, largest: int = EIGHT_BITS) -> tuple[NDArray[np.int8], Floats]:
    """Each row as integers of -`largest` to `largest`, and its scale."""
    scales = np.maximum(np.abs(weight).max(axis=1), 1e-12) / largest
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _heads(state: Mapping[str, Floats], hidden: int) -> tuple[Floats, Floats]:
    """All heads as one matrix: what is linear of the speaker's scores is reckoned for each piece.

    The columns behind the tags: a piece inside the quote, a piece beside it, a mention (`SPEAKER_SIZE` each), and
    what a piece inside or beside the quote says for nobody.
    """
    quote, nobody = state["quote.weight"], state["nobody.weight"]
    parts = [
        state["tags.weight"],
        quote[:, :hidden], quote[:, hidden:], state["mention.weight"],
        nobody[:, :hidden], nobody[:, hidden:],
    ]  # fmt: skip
    empty = np.zeros(SPEAKER_SIZE, np.float32)
    biases = [
        state["tags.bias"], state["quote.bias"], empty, state["mention.bias"], state["nobody.bias"], np.zeros(1, np.float32)
    ]  # fmt: skip
    return np.concatenate(parts).T.astype(np.float32), np.concatenate(biases).astype(np.float32)
