from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest


def put(board, *uris):
    for uri in uris:
        board.put("story", uri, b'{"uri":"%b"}' % uri.encode())


async def test_a_new_reader_gets_all_that_stands_there_and_then_what_comes(serve, board):
    put(board, "a", "b")
    reader = await (await serve()).connect()
    assert await reader.keys(3) == ["afresh", "a", "b"]
    put(board, "c")
    assert await reader.keys(1) == ["c"]


async def test_a_reader_that_comes_back_gets_exactly_what_it_missed(serve, board):
    put(board, "a", "b")
    server = await serve()
    reader = await server.connect()
    await reader.news(3)
    reader.response.close()
    put(board, "c", "a")
    back = await server.connect(last=reader.id)
    assert await back.keys(2) == ["c", "a"]
    again = await server.connect(query=f"?after={reader.id}")
    assert await again.keys(2) == ["c", "a"]


async def test_a_reader_that_missed_too_much_starts_afresh(serve, board):
    put(board, "a")
    server = await serve()
    reader = await server.connect()
    await reader.news(2)
    reader.response.close()
    put(board, *"bcdefgh")
    back = await server.connect(last=reader.id)
    assert await back.keys(6) == ["afresh", *"defgh"]


async def test_ids_of_another_process_mean_nothing(serve, board):
    put(board, "a")
    back = await (await serve()).connect(last="deadbeef-1")
    assert await back.keys(2) == ["afresh", "a"]


async def test_the_pulse_comes_without_an_id(serve, board):
    put(board, "a")
    reader = await (await serve(pulse=lambda: {"lag": 3})).connect()
    await reader.news(2)
    known = reader.id
    assert await reader.event() == ("pulse", {"lag": 3})
    assert reader.id == known


async def test_the_page_lets_in_no_script_but_its_own(serve):
    server = await serve()
    async with server.http.get(server.url) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=|https?://", page)


@pytest.mark.parametrize("path", ["", "live.js", "live.css", "icon.svg", "events", "healthz", "nothing"])
async def test_nothing_can_be_written(serve, path):
    server = await serve()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        async with server.http.request(method, server.url + path, data=b"x") as answer:
            assert answer.status in {404, 405}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:80", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ],
)
async def test_a_strangers_name_for_this_machine_opens_nothing(serve, host, status):
    server = await serve()
    for path in ("", "events", "healthz"):
        async with server.http.get(server.url + path, headers={"Host": host}) as answer:
            assert answer.status == status


async def test_it_is_well_when_nothing_is_wrong(serve):
    problems = []
    server = await serve(problems=lambda: problems)
    async with server.http.get(server.url + "healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")
    problems.append("the broker does not answer")
    async with server.http.get(server.url + "healthz") as answer:
        assert (answer.status, await answer.text()) == (503, "the broker does not answer\n")


async def test_too_many_readers_are_sent_away_and_one_that_left_makes_room(serve, board):
    put(board, "a")
    server = await serve(most_readers=1)
    first = await server.connect()
    await first.news(2)
    with pytest.raises(aiohttp.ClientResponseError) as refused:
        await server.connect()
    assert refused.value.status == 503
    first.response.close()
    async with asyncio.timeout(30):
        while server.readers:  # noqa: ASYNC110 - the next pulse finds out that it left
            await asyncio.sleep(0.05)
    assert await (await server.connect()).keys(2) == ["afresh", "a"]


async def test_readers_are_let_go_at_the_end(serve, board):
    put(board, "a")
    server = await serve()
    reader = await server.connect()
    await reader.news(2)
    await server.stop()
    with pytest.raises((EOFError, aiohttp.ClientError)):
        await reader.news(1)
