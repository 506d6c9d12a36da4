from __future__ import annotations

import asyncio
import json

from aiokafka.admin import NewTopic

from config.topics import TOPICS
from consumers.kafka import admin


def test_topics_are_created_once_and_then_as_they_should_be(kawat, there, settings):
    first = kawat("topics", "create", *there)
    assert first.exit_code == 0
    assert first.stdout.count("created") == len(TOPICS)
    second = kawat("topics", "create", *there)
    assert second.exit_code == 0
    assert second.stdout.count("as it should be") == len(TOPICS)
    assert settings.topic("news.raw") in second.stdout


def test_missing_topics_make_describe_fail_and_name_the_cure(kawat, there):
    result = kawat("topics", "describe", *there)
    assert result.exit_code == 1
    assert result.stdout.count("missing") == len(TOPICS)
    assert "`kawat topics create`" in result.stderr


def test_json_has_a_line_for_each_topic(kawat, there, settings):
    kawat("topics", "create", *there)
    rows = [json.loads(line) for line in kawat("topics", "describe", "--json", *there).stdout.splitlines()]
    assert [row["topic"] for row in rows] == [settings.topic(topic.name) for topic in TOPICS]
    assert all(row["exists"] and row["partitions"] == 3 and row["drift"] == [] for row in rows)


def test_an_output_that_does_not_match_raw_fails_with_its_cure(kawat, there, settings):
    async def make():
        async with admin.connected(settings) as client:
            await client.create_topics([NewTopic(settings.topic("news.quotes"), 1, 1)])

    asyncio.run(make())
    result = kawat("topics", "create", *there)
    assert result.exit_code == 1
    assert "partitions is 1, wanted 3" in result.stderr
    assert "kafka-topics.sh" in result.stderr


def test_a_matter_of_taste_is_told_but_no_failure(kawat, there):
    kawat("topics", "create", *there)
    result = kawat("topics", "describe", *there, "--set", "partitions=4")
    assert result.exit_code == 0
    assert "differs" in result.stdout
    assert "set partitions: 3" in result.stderr
