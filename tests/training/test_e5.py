import struct

import numpy as np
import pytest

from training import e5


def block(scale, nibbles):
    low, high = nibbles[:16], nibbles[16:]
    return np.float16(scale).tobytes() + bytes(a | b << 4 for a, b in zip(low, high, strict=True))


@pytest.fixture
def file(tmp_path):
    """Two pieces, one 4-bit and one 32-bit tensor, a normalisation table to skip."""
    head = b"E5S1" + struct.pack("<I7ifi", 1, 8, 1, 2, 16, 2, 4, 1, 1e-5, 32)
    pieces = "▁ya".encode() + b"a"
    vocabulary = (
        struct.pack("<5iQ", 2, 0, 1, 2, 3, len(pieces)) + struct.pack("<3I2f", 0, 5, 6, -1.5, -2.0) + pieces
    )
    table = struct.pack("<iI", 1, 9) + bytes(9)
    packed, plain = block(0.5, list(range(16)) * 2), np.array([1.0, 2.0], "<f4").tobytes()
    body = head + vocabulary + table + struct.pack("<i", 2)
    names = (("q", 32, packed), ("b", 2, plain))
    at = len(body) + sum(2 + len(name) + 21 for name, *_ in names)
    for name, count, data in names:
        body += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, count, at, len(data))
        at += len(data)
    path = tmp_path / "weights.bin"
    path.write_bytes(body + packed + plain)
    return path


def test_the_file_is_read_as_described(file):
    read = e5.load(file)
    assert (read.shape.hidden, read.shape.layers, read.shape.positions) == (8, 1, 4)
    assert read.vocabulary == [("▁ya", -1.5), ("a", -2.0)]
    assert read.tensors["b"].tolist() == [1.0, 2.0]
    assert read.tensors["q"].tolist() == [(nibble - 8) * 0.5 for nibble in list(range(16)) * 2]


def test_another_file_is_refused_by_name(tmp_path):
    path = tmp_path / "other.bin"
    path.write_bytes(bytes(64))
    with pytest.raises(ValueError, match=r"other\.bin"):
        e5.load(path)
