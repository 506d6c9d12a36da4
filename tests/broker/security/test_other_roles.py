"""What is no worker needs no more than its rights, and says what it lacks."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.wire import read_all
from config.settings import Settings
from config.topics import ARTICLES, DEAD_LETTERS, ENTITIES, LEDGER, MENTIONS, RAW, TOPICS
from consumers import feed, tap
from consumers.insights import run as insights
from consumers.insights.run import InsightsFailed
from consumers.kafka import admin, rights
from consumers.lanes.deadletter import dead_letter
from consumers.lanes.ledger import entry_of
from consumers.live.run import Live, LiveFailed
from consumers.repair import redrive, replay
from consumers.repair.letters import Selection
from consumers.sources import Payload
from processors.errors import Malformed
from processors.records import Article, EntitiesRecord, Entity, Label, Model, Span, State
from tests.broker.guarded import PASSWORD, STORY, holds, nothing_missing, send, until


async def test_who_makes_the_topics_needs_no_more_than_is_documented(broker, user):
    settings = user().model_copy(update={"topic_prefix": f"new{time.monotonic_ns()}."})
    wanted = [
        rights.Right(kind="topic", name=settings.topic(topic.name), operation=operation, why="to make it")
        for topic in TOPICS
        for operation in ("Create", "Describe", "DescribeConfigs")
    ]
    await broker.grant(settings.sasl_username, wanted)
    await until(lambda: nothing_missing(settings, wanted))
    states = await admin.create(settings)
    assert [(state.created, state.drift) for state in states] == [(True, ())] * len(TOPICS)


async def test_what_feeds_needs_no_more_than_its_rights(owner, granted):
    settings = await granted("feed")
    summary = await feed.feed(settings, [Payload(STORY, "a.json", None)])
    assert (summary.sent, summary.refused) == (1, 0)
    assert await holds(owner, RAW, 1)


async def test_what_repairs_needs_no_more_than_its_rights(owner, granted):
    settings = await granted("repair")
    await send(owner, STORY)
    (raw,) = await read_all(owner.bootstrap_servers, owner.topic(RAW.name))
    letter = dead_letter(owner.topic(DEAD_LETTERS.name), raw, Malformed("not JSON"))
    entry = entry_of(Article(uri="urn:a"), raw.offset).encode()
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(
        letter.topic, letter.value, key=letter.key, headers=list(letter.headers), partition=0
    )
    await producer.send_and_wait(owner.topic(LEDGER.name), entry, key=b"urn:a", partition=0)
    await producer.stop()
    assert len((await redrive.redrive(settings, Selection())).letters) == 1
    plan = await replay.plan(settings, replay.Selection())
    assert len(plan.places) == 1
    await replay.replay(settings, plan, rate=100, most_waiting=100)
    assert await holds(owner, RAW, 3)
    told = tap.tap(settings, settings.topic(RAW.name), start=tap.Start.BEGINNING, limit=None, follow=False)
    assert len([record async for record in told]) == 3


async def test_the_insights_need_no_more_than_their_rights(owner, granted, tmp_path):
    """Faust, with its own clients: it reads an entity, and says so by the offset that it commits."""
    settings = await granted("insights")
    story = EntitiesRecord(
        uri="urn:a",
        version="1",
        state=State.USABLE,
        source="kabar.example",
        language="id",
        model=Model(name="m", version="1"),
        entities=(
            Entity(
                id="e1",
                label=Label.PERSON,
                name="Sari Wening",
                mentions=(Span(start=0, end=11, text="Sari Wening"),),
                salience=0.5,
            ),
        ),
    )
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(owner.topic(ENTITIES.name), orjson.dumps(story), key=b"urn:a", partition=0)
    await producer.stop()
    known = settings.model_dump(include={"bootstrap_servers", "topic_prefix", "group", "security_protocol"})
    known |= settings.model_dump(
        include={"sasl_mechanism", "sasl_username", "tls_ca_file", "insights_http_port"}
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from consumers.cli import main; main()", "insights"),
        *(f"--set={key}={value}" for key, value in known.items()),
        env={**os.environ, "KAWAT_SASL_PASSWORD": PASSWORD},
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
    )
    try:
        await until(lambda: mentioned(owner), seconds=90)
    finally:
        if process.returncode is None:
            process.terminate()
        said = (await process.communicate())[1].decode()
    assert process.returncode == 0, said[-2_000:]
    assert PASSWORD not in said


async def test_the_live_page_needs_no_more_than_its_rights_and_says_what_it_lacks(owner, user, granted):
    settings = user()
    with pytest.raises(LiveFailed, match=f"Read on topic {owner.topic(ARTICLES.name)}"):
        await Live(settings, host="127.0.0.1", port=0, stories=5).run()
    settings = await granted("live")
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(owner.topic(ARTICLES.name), None, key=b"urn:a", partition=0)
    await producer.send_and_wait(owner.topic(RAW.name), STORY, partition=0)
    await producer.stop()
    page = Live(settings, host="127.0.0.1", port=0, stories=5)
    running = asyncio.create_task(page.run())
    try:

        async def told():
            return page.board.count("story") > 0 and page.pulse()["lag"] is not None

        await until(told)
    finally:
        page.stop()
        await running


@pytest.mark.parametrize("name", ["Read on topic news.entities", "Read on group kawat-insights"])
async def test_the_insights_say_which_right_they_lack(granted, name):
    defaults = rights.insights(Settings())
    (number,) = [number for number, right in enumerate(defaults) if str(right).startswith(name)]

    def others(settings):
        wanted = rights.insights(settings)
        return [*wanted[:number], *wanted[number + 1 :]]

    settings = await granted(others)
    lacking = rights.insights(settings)[number]
    with pytest.raises(InsightsFailed) as failed:
        await insights.run(settings)
    assert str(failed.value).splitlines()[1:] == [str(lacking), f"    {lacking.command(settings)}"]


async def mentioned(settings):
    records = await read_all(settings.bootstrap_servers, settings.topic(MENTIONS.name))
    return any(
        (record.key and b"Sari Wening" in record.key) or b"urn:a" in record.value for record in records
    )
