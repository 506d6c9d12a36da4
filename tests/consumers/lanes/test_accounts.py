from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from consumers.lanes.accounts import Accounts
from consumers.lanes.triage import Item, Outcome
from consumers.pool.frames import Facts, Published
from consumers.telemetry.metrics import Metrics
from processors.errors import Malformed
from processors.records import Article


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def accounts(metrics):
    return Accounts(metrics, TopicPartition("news.raw", 3))


def enriched(**facts):
    told = {
        "seconds": 0.01, "cpu_seconds": 0.01, "stages": {"clean": 0.002, "quotes": 0.004}, "entities": {"PERSON": 2, "ORG": 1},
        "quotes": {("direct", True): 2, ("indirect", False): 1}, "language": "id", "source": "kabar.example", "kept": 90, "removed": 10,
        "model": ("rules", "1"), **facts,
    }  # fmt: skip
    item = Item(
        SimpleNamespace(timestamp=0, offset=0, headers=()), Article(uri="urn:a", source="kabar.example")
    )
    item.outcome = Outcome.ENRICHED
    item.result = Published(article=b"", entities=b"", quotes=b"", facts=Facts(**told))
    return item


def value(metrics, series, **labels):
    return metrics.registry.get_sample_value(series, labels)


def test_what_a_batch_found_is_counted_once_for_each_story(accounts, metrics):
    accounts.items([enriched(), enriched(quotes={})])
    assert value(metrics, "kawat_story_outcomes_total", outcome="enriched") == 2
    assert value(metrics, "kawat_entities_total", label="PERSON") == 4
    assert value(metrics, "kawat_quotes_total", kind="direct", attributed="true") == 2
    assert value(metrics, "kawat_quotes_total", kind="indirect", attributed="false") == 1
    assert value(metrics, "kawat_kept_characters_total") == 180
    assert value(metrics, "kawat_removed_characters_total") == 20
    assert value(metrics, "kawat_stage_duration_seconds_count", stage="clean") == 2
    assert value(metrics, "kawat_stage_duration_seconds_sum", stage="quotes") == pytest.approx(0.008)
    assert value(metrics, "kawat_model_info", name="rules", version="1") == 1


def test_each_record_of_a_run_counts_with_its_share_of_the_intake(accounts, metrics):
    accounts.intake(4, seconds=0.02)
    assert value(metrics, "kawat_consumed_records_total") == 4
    assert value(metrics, "kawat_stage_duration_seconds_count", stage="intake") == 4
    assert value(metrics, "kawat_stage_duration_seconds_sum", stage="intake") == pytest.approx(0.02)


def test_what_died_is_counted_by_reason_and_stage(accounts, metrics):
    item = Item(SimpleNamespace(timestamp=0, offset=0, headers=()), None)
    item.die(Malformed("no story", stage="intake"))
    accounts.items([item])
    assert value(metrics, "kawat_dead_letters_total", reason="malformed", stage="intake") == 1
    assert value(metrics, "kawat_story_outcomes_total", outcome="dead") == 1


def test_a_story_that_waited_for_its_embargo_or_is_replayed_was_not_slow(accounts, metrics):
    released, replayed = enriched(), enriched()
    released.released, replayed.first_offset = True, 0
    accounts.items([enriched(), released, replayed])
    assert value(metrics, "kawat_story_outcomes_total", outcome="enriched") == 3
    assert value(metrics, "kawat_latency_seconds_count") == 1
    assert value(metrics, "kawat_replayed_stories_total") == 1
