import re

import pytest

from config.topics import DAY_MS, DEAD_LETTERS, LEDGER, OUTPUTS, RAW, TOPICS


def test_names_are_unique_and_legal_in_kafka():
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,249}", name) for name in names)


def test_no_two_names_collide_in_metrics():
    """Kafka's own metrics read "." and "_" as the same character."""
    assert len({topic.name.replace(".", "_") for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("topic", [*OUTPUTS, LEDGER], ids=lambda topic: topic.name)
def test_a_new_version_replaces_the_old_one_under_compaction(topic):
    assert "compact" in topic.config["cleanup.policy"].split(",")


@pytest.mark.parametrize("topic", [RAW, DEAD_LETTERS], ids=lambda topic: topic.name)
def test_what_is_evidence_is_never_compacted(topic):
    """Every version that came in and every dead letter stays for its whole time, also under the same key."""
    assert topic.config["cleanup.policy"] == "delete"
    assert int(topic.config["retention.ms"]) >= 7 * DAY_MS


def test_the_ledger_keeps_the_newest_version_for_ever():
    assert "delete" not in LEDGER.config["cleanup.policy"]
    assert "retention.ms" not in LEDGER.config


def test_dead_letters_outlive_the_raw_stories_they_came_from():
    assert int(DEAD_LETTERS.config["retention.ms"]) > int(RAW.config["retention.ms"])


def test_every_topic_of_records_names_a_schema_and_topics_of_bytes_none():
    assert all(topic.schema for topic in [*OUTPUTS, LEDGER])
    assert RAW.schema is None
    assert DEAD_LETTERS.schema is None
