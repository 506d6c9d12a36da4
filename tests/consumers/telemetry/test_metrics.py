"""Names and labels that the people who watch can rely on."""

from types import SimpleNamespace

from aiokafka import TopicPartition

from consumers.lanes.accounts import Accounts
from consumers.lanes.ledger import entry_of
from consumers.lanes.transaction import Written
from consumers.lanes.triage import Item, Outcome
from consumers.pool.frames import Facts, Published
from consumers.telemetry.metrics import Metrics
from processors.errors import StoryTimeout
from processors.records import Article


def values(metrics, name):
    return {
        tuple(sample.labels.values()): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == name
    }


def test_every_metric_of_ours_has_the_prefix_a_help_text_and_base_units():
    for family in Metrics().registry.collect():
        if family.name.startswith(("process_", "python_")):
            continue
        assert family.name.startswith("kawat_")
        assert family.documentation
        assert not family.name.endswith(("_ms", "_minutes", "_kb", "_mb"))


def test_outcomes_are_there_from_the_start():
    shown = values(Metrics(), "kawat_story_outcomes_total")
    assert set(shown) == {(outcome.value,) for outcome in Outcome}
    assert set(shown.values()) == {0.0}


def test_what_was_committed_is_counted():
    metrics = Metrics()
    accounts = Accounts(metrics, TopicPartition("t.news.raw", 3))
    facts = Facts(
        seconds=1,
        cpu_seconds=1,
        stages={"clean": 0.5},
        entities={"PERSON": 2},
        quotes={("direct", True): 1},
        language="id",
        source="kabar",
        kept=10,
        removed=5,
        model=("rules", "2"),
    )
    record = SimpleNamespace(timestamp=0, offset=0, headers=())
    story = Article(uri="urn:a")
    done = Item(
        record,
        story,
        outcome=Outcome.ENRICHED,
        entry=entry_of(story, 0),
        result=Published(article=b"", entities=b"", quotes=b"", facts=facts),
    )
    dead = Item(record)
    dead.die(StoryTimeout("too slow", stage="pool"))
    accounts.transaction({"t.news.articles": Written(5, 2)}, seconds=0.01, records=2)
    accounts.items([done, dead])
    accounts.lag(4, 10)
    assert values(metrics, "kawat_published_records_total") == {("news.articles",): 2.0}
    assert values(metrics, "kawat_entities_total") == {("PERSON",): 2.0}
    assert values(metrics, "kawat_quotes_total") == {("direct", "true"): 1.0}
    assert values(metrics, "kawat_dead_letters_total") == {("timeout", "pool"): 1.0}
    assert values(metrics, "kawat_outlet_stories_total") == {("kabar", "id"): 1.0}
    assert values(metrics, "kawat_outlet_entities_total") == {("kabar", "id"): 2.0}
    assert values(metrics, "kawat_outlet_quotes_total") == {
        ("kabar", "id", "true"): 1.0,
        ("kabar", "id", "false"): 0.0,
    }
    assert values(metrics, "kawat_outlet_kept_characters_total") == {("kabar", "id"): 10.0}
    assert values(metrics, "kawat_outlet_removed_characters_total") == {("kabar", "id"): 5.0}
    assert values(metrics, "kawat_lag_records") == {("3",): 6.0}
    assert values(metrics, "kawat_model_info") == {("rules", "2"): 1.0}
    accounts.close()
    accounts.close()
    assert values(metrics, "kawat_lag_records") == {}


def test_a_replay_is_counted_as_that_and_in_no_latency():
    metrics = Metrics()
    accounts = Accounts(metrics, TopicPartition("news.raw", 0))
    record = SimpleNamespace(timestamp=0, offset=9, headers=())
    accounts.items([Item(record, Article(uri="urn:a"), outcome=Outcome.KILLED, first_offset=3)])
    value = metrics.registry.get_sample_value
    assert value("kawat_replayed_stories_total") == 1
    assert value("kawat_story_outcomes_total", {"outcome": "killed"}) == 1
    assert value("kawat_latency_seconds_count") == value("kawat_kill_latency_seconds_count") == 0
