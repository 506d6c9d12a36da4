from __future__ import annotations

import pytest
from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaConnectionError

from config.settings import Settings
from config.topics import TOPICS
from consumers.kafka import admin


async def make(settings, name, partitions, **config):
    async with admin.connected(settings) as client:
        configs = {key.replace("_", "."): value for key, value in config.items()}
        await client.create_topics([NewTopic(settings.topic(name), partitions, 1, topic_configs=configs)])


def by_name(settings, states):
    return {state.name.removeprefix(settings.topic_prefix): state for state in states}


def drifts(state):
    return {drift.what: drift for drift in state.drift}


async def test_missing_topics_are_created_as_the_settings_and_topics_say(settings):
    states = await admin.create(settings)
    assert [state.name for state in states] == [settings.topic(topic.name) for topic in TOPICS]
    for topic, state in zip(TOPICS, states, strict=True):
        assert (state.partitions, state.replication, state.created) == (3, 1, True)
        assert state.config == topic.config
        assert state.drift == ()


async def test_creating_twice_changes_nothing(settings):
    first = await admin.create(settings)
    second = await admin.create(settings)
    assert [state.created for state in second] == [False] * len(TOPICS)
    assert [state.partitions for state in second] == [state.partitions for state in first]
    assert all(state.drift == () for state in second)


async def test_describing_creates_nothing_even_on_a_broker_that_creates_on_demand(settings):
    assert not any(state.exists for state in await admin.describe(settings))
    assert not any(state.exists for state in await admin.describe(settings))


async def test_what_is_missing_beside_an_existing_raw_topic_gets_its_partitions(settings):
    await make(settings, "news.raw", 5)
    states = by_name(settings, await admin.create(settings))
    assert states["news.articles"].partitions == 5
    assert states["news.dlq"].partitions == 5
    assert not states["news.raw"].created
    assert drifts(states["news.raw"])["partitions"].advice.startswith("set partitions: 5")
    assert not drifts(states["news.raw"])["partitions"].breaks


async def test_an_output_with_fewer_partitions_than_raw_breaks_and_the_cure_is_named(settings):
    await make(settings, "news.quotes", 2)
    states = by_name(settings, await admin.create(settings))
    drift = drifts(states["news.quotes"])["partitions"]
    assert drift.breaks
    assert drift.found == "2"
    assert drift.advice == (
        f"kafka-topics.sh --bootstrap-server {settings.bootstrap_servers} --alter "
        f"--topic {settings.topic('news.quotes')} --partitions 3"
    )


async def test_an_output_with_more_partitions_than_raw_breaks_too(settings):
    await make(settings, "news.entities", 4)
    states = by_name(settings, await admin.create(settings))
    assert drifts(states["news.entities"])["partitions"].breaks


async def test_a_different_retention_is_reported_with_its_cure_but_breaks_nothing(settings):
    await make(settings, "news.articles", 3, cleanup_policy="delete,compact", retention_ms="1000")
    states = by_name(settings, await admin.create(settings))
    found = drifts(states["news.articles"])
    assert "cleanup.policy" not in found  # the same policies in another order
    assert found["retention.ms"].found == "1000"
    assert "kafka-configs.sh" in found["retention.ms"].advice
    assert not any(drift.breaks for drift in found.values())


async def test_a_ledger_that_forgets_breaks(settings):
    await make(settings, "news.ledger", 3, cleanup_policy="delete")
    states = by_name(settings, await admin.create(settings))
    assert drifts(states["news.ledger"])["cleanup.policy"].breaks


async def test_a_broker_that_refuses_is_quoted(settings):
    many = settings.model_copy(update={"replication_factor": 5})
    with pytest.raises(admin.OperatorError, match=r"replication_factor=5.*\n.*news\.raw"):
        await admin.create(many)


async def test_a_needed_topic_that_is_missing_names_the_command_that_creates_it(settings):
    with pytest.raises(admin.TopicMissing, match="`kawat topics create`"):
        await admin.require(settings, settings.topic("news.raw"))


async def test_the_largest_message_of_a_topic_is_known(settings):
    await make(settings, "news.raw", 1, max_message_bytes="123456")
    async with admin.connected(settings) as client:
        assert await admin.max_message_bytes(client, settings.topic("news.raw")) == 123_456


async def test_no_broker_is_a_connection_error():
    with pytest.raises(KafkaConnectionError):
        await admin.describe(Settings(bootstrap_servers="127.0.0.1:1"))
