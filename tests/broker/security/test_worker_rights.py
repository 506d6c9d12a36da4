"""A worker with rights of the least kind: with exactly these it works; without one it says which."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import orjson
import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TransactionalIdAuthorizationFailed

from config.settings import Settings
from config.topics import ARTICLES, DEAD_LETTERS, LEDGER, OUTPUTS, RAW
from consumers.doctor import brokers
from consumers.doctor.finding import Status
from consumers.kafka import admin, allowed, rights
from consumers.kafka.connection import connection
from consumers.worker import Worker, WorkerFailed
from tests.broker.guarded import CHAIN, STORY, holds, nothing_missing, send, until

NEEDED = [str(right) for right in rights.worker(Settings()) if right.needed]


async def test_a_worker_with_exactly_its_rights_works(owner, granted):
    settings = await granted("worker")
    await send(owner, STORY, b"{ broken")
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    try:
        for topic, count in ((ARTICLES, 1), (DEAD_LETTERS, 1)):
            await until(lambda topic=topic, count=count: holds(owner, topic, count))
        assert not running.done()
    finally:
        worker.stop()
        await running


@pytest.mark.parametrize("number", range(len(NEEDED)), ids=NEEDED)
async def test_a_worker_that_lacks_one_right_says_which_and_what_grants_it(granted, number):
    def lacking(settings):
        return [right for right in rights.worker(settings) if right.needed][number]

    settings = await granted(
        lambda known: [right for right in rights.worker(known) if right != lacking(known)]
    )
    await tells_that_it_lacks(settings, lacking(settings))


async def tells_that_it_lacks(settings, right):
    with pytest.raises(WorkerFailed) as failed:
        await Worker(settings, chain=CHAIN).run()
    told = str(failed.value).splitlines()
    assert told[0].startswith(settings.sasl_username)
    assert told[1] == str(right)
    assert told[2].strip() == right.command(settings)
    assert len(told) == 3


def transactions(settings):
    (right,) = [right for right in rights.worker(settings) if right.kind == "transactional-id"]
    return right


async def test_transactional_ids_that_may_be_seen_and_not_written_are_missed_before_anything_is_claimed(
    granted, broker
):
    settings = await granted(
        lambda known: [right for right in rights.worker(known) if right != transactions(known)]
    )
    lacking = transactions(settings)
    seen = replace(lacking, operation="Describe")
    await broker.grant(settings.sasl_username, [seen])
    await until(lambda: may_see_transactions(settings))
    await tells_that_it_lacks(settings, lacking)
    (found,) = [finding async for finding in brokers.look(settings) if finding.check == "rights"]
    assert (found.status, found.advice) == (Status.FAIL, lacking.command(settings))


async def may_see_transactions(settings):
    client = AIOKafkaClient(**connection(settings))
    await client.bootstrap()
    try:
        return await client.coordinator_lookup(1, f"{settings.group}-any") is not None
    except TransactionalIdAuthorizationFailed:
        return False
    finally:
        await client.close()


async def test_rights_to_the_transactional_id_of_each_lane_by_its_name_do_as_well(granted):
    def by_name(settings):
        right = transactions(settings)
        lanes = [
            f"{settings.group}-{settings.topic(RAW.name)}-{number}" for number in range(settings.partitions)
        ]
        named = [replace(right, name=name, prefixed=False) for name in lanes]
        return [*(other for other in rights.worker(settings) if other != right), *named]

    settings = await granted(by_name)
    assert await allowed.missing(settings, rights.worker(settings)) == []


async def test_rights_that_only_help_to_see_are_not_needed_to_work(owner, granted, capfd):
    settings = await granted(lambda known: [right for right in rights.worker(known) if right.needed])
    await send(owner, STORY)
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    with contextlib.suppress(TimeoutError):
        await until(lambda: holds(owner, ARTICLES, 1))
    worker.stop()
    await running
    assert await holds(owner, ARTICLES, 1)
    told = "".join(capfd.readouterr())
    assert "a right is missing" in told
    assert "DescribeConfigs" in told


async def test_a_worker_goes_on_though_the_broker_ends_its_logins_again_and_again(broker, owner):
    """The client can't prove a login once more on a connection that is there (KIP-368): it is ended, and made anew."""
    way = {
        "bootstrap_servers": broker.way("CLEAR"),
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_username": "kawat",
        "sasl_password": "scram-256",
    }
    settings = Settings(**owner.model_dump() | way)
    await broker.grant("kawat", rights.worker(settings))
    await until(lambda: nothing_missing(settings, rights.worker(settings)))
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    try:
        for number in range(12):
            story = {"uri": f"urn:{number}", "version": 1, "title": "Hujan", "text": "Hujan turun."}
            await send(owner, orjson.dumps(story))
            await asyncio.sleep(0.7)
        await until(lambda: holds(owner, ARTICLES, 12), seconds=60)
    finally:
        worker.stop()
        await running


async def test_who_may_do_nothing_sees_no_topic_and_is_told_of_rights_not_of_topics(user):
    settings = user()
    lacking = await allowed.missing(settings, rights.worker(settings))
    assert lacking == rights.worker(settings)
    states = await admin.describe(settings)
    assert not any(state.exists for state in states)


async def test_every_topic_that_a_worker_uses_is_in_its_table():
    named = {right.name for right in rights.worker(Settings()) if right.kind == "topic"}
    assert named == {topic.name for topic in (RAW, *OUTPUTS, LEDGER, DEAD_LETTERS)}
