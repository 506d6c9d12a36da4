from __future__ import annotations

import asyncio
import json
import threading

import pytest

from config.settings import Settings
from config.topics import RAW
from consumers.feed import FeedStopped, feed, key_of
from consumers.kafka import admin
from consumers.kafka.broker import EmbeddedBroker
from consumers.sources import Payload

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Warta Pesisir</title>{link}
<item><guid>urn:wp:1</guid><title>Satu</title><description>Perahu nelayan kembali.</description></item>
<item><guid>urn:wp:2</guid><title>Dua</title><description>Ombak mulai tenang.</description></item>
</channel></rss>"""


def ninjs(number, body="Warga menanam bakau di tepi sungai."):
    return json.dumps(
        {"uri": f"urn:warta:{number}", "type": "text", "bodies": [{"role": "main", "value": body}]}
    ).encode()


def story(number, **more):
    return Payload(ninjs(number, **more), f"wire.jsonl:{number}", "application/json")


def key(value, content_type=None, where="wires/a.xml"):
    return key_of(Payload(value, where, content_type), max_bytes=2_000_000)


def test_a_story_s_key_is_its_uri():
    assert key(ninjs(7)) == (b"urn:warta:7", None)


def test_a_feed_s_key_is_its_own_address_or_else_its_home_page_or_else_its_file():
    itself = '<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="https://warta.example/rss"/>'
    assert key(RSS.format(link=itself).encode()) == (b"https://warta.example/rss", None)
    home = "<link>https://warta.example</link>"
    assert key(RSS.format(link=home).encode()) == (b"https://warta.example", None)
    assert key(RSS.format(link="").encode()) == (b"wires/a.xml", None)


def test_an_array_of_stories_has_its_file_s_name_as_key():
    assert key(b"[" + ninjs(1) + b"," + ninjs(2) + b"]") == (b"wires/a.xml", None)


def test_what_can_t_be_read_has_its_file_s_name_as_key_and_is_told():
    found, problem = key(b'{"uri": ', "application/json", where="wire.jsonl:3")
    assert found == b"wire.jsonl:3"
    assert (problem.where, problem.reason, problem.sent) == ("wire.jsonl:3", "malformed", True)


async def test_stories_arrive_byte_for_byte_keyed_by_uri_with_their_content_type(topics, read):
    sent = []
    summary = await feed(topics, [story(1), Payload(PICTURE, "b.bin", None)], on_sent=sent.append)
    records = {record.key: record for record in await read(RAW.name)}
    assert records[b"urn:warta:1"].value == ninjs(1)
    assert records[b"urn:warta:1"].headers == (("content-type", b"application/json"),)
    assert records[b"b.bin"].value == PICTURE
    assert records[b"b.bin"].headers == ()
    assert (summary.sent, summary.unreadable, summary.refused) == (2, 1, 0)
    assert summary.bytes == len(ninjs(1)) + len(PICTURE)
    assert {payload.where for payload in sent} == {"wire.jsonl:1", "b.bin"}


async def test_versions_of_a_story_stay_in_order(topics, read):
    await feed(topics, [story(number % 7, body=f"Versi {number}.") for number in range(300)])
    records = await read(RAW.name)
    assert len(records) == 300
    for uri in {record.key for record in records}:
        mine = [record for record in records if record.key == uri]
        assert len({record.partition for record in mine}) == 1
        versions = [int(json.loads(record.value)["bodies"][0]["value"].split()[1][:-1]) for record in mine]
        assert versions == sorted(versions)


async def test_a_payload_that_the_topic_would_not_take_is_refused_and_the_others_go(settings, read):
    await admin.create(settings)
    problems = []
    huge = story(2, body="x" * 5_000_000)
    summary = await feed(settings, [story(1), huge, story(3)], on_problem=problems.append)
    assert (summary.sent, summary.refused) == (2, 1)
    (problem,) = problems
    assert (problem.where, problem.reason, problem.sent) == ("wire.jsonl:2", "too_large", False)
    assert "max.message.bytes" in problem.message
    assert {record.key for record in await read(RAW.name)} == {b"urn:warta:1", b"urn:warta:3"}


async def test_one_that_is_only_too_large_for_the_worker_is_sent_to_be_dead_lettered(topics, read):
    problems = []
    await feed(topics, [story(1, body="x" * 2_500_000)], on_problem=problems.append)
    assert [(problem.reason, problem.sent) for problem in problems] == [("too_large", True)]
    assert [record.key for record in await read(RAW.name)] == [b"wire.jsonl:1"]


async def test_the_rate_is_kept(topics):
    started = asyncio.get_running_loop().time()
    await feed(topics, [story(number) for number in range(6)], rate=10)
    assert asyncio.get_running_loop().time() - started >= 0.5


async def test_a_story_that_is_written_to_a_pipe_goes_out_before_the_next_is_there(topics):
    seen = asyncio.Event()
    loop = asyncio.get_running_loop()

    def pipe():
        yield story(1)
        asyncio.run_coroutine_threadsafe(seen.wait(), loop).result(10)
        yield story(2)

    summary = await feed(topics, pipe(), on_sent=lambda _: seen.set(), rate=1_000)
    assert summary.sent == 2


async def test_if_the_broker_goes_away_it_is_told_how_far_the_feed_came(monkeypatch):
    monkeypatch.setattr("consumers.feed.STALL_S", 1.0)
    monkeypatch.setattr("consumers.feed._STOP_S", 0.5)
    with EmbeddedBroker() as mortal:
        settings = Settings(bootstrap_servers=mortal.bootstrap, partitions=1)
        await admin.create(settings)
        first = threading.Event()

        def pipe():
            yield story(1)
            first.wait(10)
            mortal.stop()
            yield story(2)

        with pytest.raises(FeedStopped, match="when 1 had been sent") as stopped:
            await feed(settings, pipe(), on_sent=lambda _: first.set())
        assert stopped.value.summary.sent == 1


async def test_without_the_topic_nothing_is_made(settings):
    with pytest.raises(admin.TopicMissing, match="`kawat topics create`"):
        await feed(settings, [story(1)])
    assert not any(state.exists for state in await admin.describe(settings))
