from __future__ import annotations

import asyncio
import json

import pytest

from consumers.cli import main
from consumers.kafka import admin, rights


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_where_all_is_well_each_thing_is_ok(kawat, there, topics):
    result = kawat("doctor", "--no-model", "--json", "--set", "http_port=0", *there)
    found = lines(result)
    assert result.exit_code == 0
    assert {line["check"] for line in found} >= {
        "settings",
        "broker",
        "topic",
        "rights",
        "group",
        "disk",
        "port",
    }
    assert not [line for line in found if line["status"] == "fail"]
    topics_found = [line["found"] for line in found if line["check"] == "topic"]
    assert any(topics.topic("news.raw") in told for told in topics_found)
    (group,) = [line for line in found if line["check"] == "group"]
    assert group["status"] == "warn"
    assert "kawat run" in group["advice"]


def test_people_see_what_to_do(kawat, there, topics):  # noqa: ARG001 - the topics are there
    told = kawat("doctor", "--no-model", "--set", "http_port=0", *there).stdout.splitlines()
    (group,) = [number for number, line in enumerate(told) if line.startswith("warn group:")]
    assert told[group + 1] == "     no worker runs: start one with `kawat run`"


def test_missing_topics_fail_and_the_command_that_makes_them_is_named(kawat, there, settings):  # noqa: ARG001
    result = kawat("doctor", "--no-model", "--json", *there)
    assert result.exit_code == 1
    failed = [line for line in lines(result) if line["status"] == "fail"]
    assert {line["check"] for line in failed} == {"topic"}
    assert "kawat topics create" in failed[0]["advice"]


def test_without_a_broker_the_rest_is_looked_at_all_the_same(kawat):
    result = kawat("doctor", "--no-model", "--json", "--bootstrap", "127.0.0.1:1")
    found = lines(result)
    assert result.exit_code == 1
    assert [(line["check"], line["status"]) for line in found if line["status"] == "fail"] == [
        ("connect", "fail")
    ]
    assert {"settings", "port", "disk"} <= {line["check"] for line in found}


def test_a_name_that_is_not_known_is_told_as_that(kawat):
    found = lines(kawat("doctor", "--no-model", "--json", "--bootstrap", "kafka.invalid:9092"))
    (dns,) = [line for line in found if line["check"] == "dns"]
    assert "kafka.invalid" in dns["found"]


def test_every_role_that_has_rights_can_be_asked_for():
    (option,) = [one for one in main.commands["doctor"].params if one.name == "role"]
    assert set(option.type.choices) == set(rights.ROLES)


ROLES = {  # what else is looked at than brokers, topics and rights
    "feed": set(),
    "repair": {"group", "clock"},
    "insights": {"group", "port"},
    "live": {"group", "port"},
}


@pytest.mark.parametrize("role", ROLES)
def test_of_another_role_what_it_needs_is_looked_at_and_no_more(kawat, there, topics, role):
    result = kawat("doctor", "--role", role, "--json", *there)
    found = lines(result)
    assert result.exit_code == 0
    assert {line["check"] for line in found} == {"settings", "broker", "topic", "rights", *ROLES[role]}
    told = {line["found"].split(":")[0] for line in found if line["check"] == "topic"}
    assert told == {topics.topic(topic.name) for topic in rights.topics(topics, role)}
    for line in found:
        if line["check"] == "group":
            group = topics.group + ("-insights" if role == "insights" else "")
            assert line["found"].startswith(f"{group}: 0 members")


def test_a_topic_that_another_role_lacks_fails_only_for_that_role(kawat, there, settings):
    asyncio.run(admin.create(settings, rights.topics(settings, "worker")))
    assert kawat("doctor", "--role", "worker", "--no-model", *there).exit_code == 0
    told = kawat("doctor", "--role", "live", *there)
    assert told.exit_code == 1
    assert "news.trends is not there" in told.stdout


def test_wrong_settings_are_a_finding_too(kawat):
    result = kawat("doctor", "--json", "--set", "partitions=none")
    assert result.exit_code == 2
    (line,) = lines(result)
    assert (line["check"], line["status"]) == ("settings", "fail")


def test_a_file_of_a_secret_that_is_not_there_is_told(kawat, monkeypatch, tmp_path):
    monkeypatch.setenv("KAWAT_SASL_PASSWORD_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("KAWAT_SASL_USERNAME", "kawat")
    monkeypatch.setenv("KAWAT_SECURITY_PROTOCOL", "SASL_SSL")
    result = kawat("doctor", "--no-model", "--json")
    assert result.exit_code == 1
    (failed,) = [line for line in lines(result) if line["status"] == "fail"]
    assert "sasl_password_file" in failed["found"]


@pytest.mark.timeout(120)
def test_the_model_is_loaded_as_a_worker_loads_it(kawat, there, topics):  # noqa: ARG001
    found = {line["check"]: line for line in lines(kawat("doctor", "--json", *there))}
    assert found["model"]["status"] == "ok"
    assert found["model"]["found"].startswith("accurate loads in")
    assert "at worst" in found["memory"]["found"]


def test_topics_that_differ_are_told_with_what_to_do(kawat, there, topics):  # noqa: ARG001
    found = lines(kawat("doctor", "--no-model", "--json", *there, "--set", "partitions=5"))
    (differs,) = [line for line in found if (line["check"], line["status"]) == ("topic", "warn")]
    assert "partitions is 3, wanted 5" in differs["found"]
    assert "set partitions: 3" in differs["advice"]
