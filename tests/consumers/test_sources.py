from __future__ import annotations

import asyncio
import io
import threading
from pathlib import Path

import pytest

from consumers.sources import STDIN, Payload, aside, payloads


def found(*paths, stdin=b""):
    return list(payloads(paths, io.BytesIO(stdin)))


def test_a_file_is_one_payload_byte_for_byte_with_a_type_by_its_extension(tmp_path):
    (tmp_path / "kill.XML").write_bytes(b"\xff\xfe<\r\n")
    assert found(tmp_path / "kill.XML") == [
        Payload(b"\xff\xfe<\r\n", (tmp_path / "kill.XML").as_posix(), "application/xml")
    ]


def test_an_unknown_extension_says_nothing_about_the_type(tmp_path):
    (tmp_path / "story").write_bytes(b"x")
    assert found(tmp_path / "story")[0].content_type is None


def test_json_lines_are_a_payload_each_with_their_line_number(tmp_path):
    file = tmp_path / "wire.jsonl"
    file.write_bytes(b'{"a": 1}\r\n\n  {"b": 2}')
    assert found(file) == [
        Payload(b'{"a": 1}', f"{file.as_posix()}:1", "application/json"),
        Payload(b'  {"b": 2}', f"{file.as_posix()}:3", "application/json"),
    ]


def test_a_dash_is_json_lines_from_stdin():
    assert found(STDIN, stdin=b"{}\n[]\n") == [
        Payload(b"{}", "stdin:1", "application/json"),
        Payload(b"[]", "stdin:2", "application/json"),
    ]


def test_a_folder_is_read_all_the_way_down_in_order_without_what_is_hidden(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/y.txt", ".git/config", "a/.swp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [Path(payload.where).relative_to(tmp_path).as_posix() for payload in found(tmp_path)] == [
        "a/y.txt",
        "a/z.txt",
        "b.txt",
    ]


def test_a_folder_that_is_hidden_itself_may_be_named(tmp_path):
    (tmp_path / ".wire").mkdir()
    (tmp_path / ".wire" / "a.txt").write_bytes(b"x")
    assert len(found(tmp_path / ".wire")) == 1


async def test_items_are_read_aside_in_order():
    assert [item async for item in aside(range(1_000))] == list(range(1_000))


async def test_while_the_next_item_is_waited_for_the_loop_goes_round():
    written = threading.Event()

    def pipe():
        yield 1
        written.wait(10)
        yield 2

    items = aside(pipe())
    assert await anext(items) == 1
    second = asyncio.ensure_future(anext(items))
    await asyncio.sleep(0.05)
    assert not second.done()
    written.set()
    assert await second == 2


async def test_an_error_while_reading_is_the_reader_s():
    def broken():
        yield 1
        raise OSError(5, "Input/output error", "wire.jsonl")

    items = aside(broken())
    assert await anext(items) == 1
    with pytest.raises(OSError, match=r"wire\.jsonl"):
        await anext(items)


async def test_only_a_few_items_are_read_ahead():
    taken = []

    def many():
        for number in range(1_000):
            taken.append(number)
            yield number

    await anext(aside(many()))
    await asyncio.sleep(0.05)
    assert len(taken) < 200
