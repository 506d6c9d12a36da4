"""The compose file is valid, starts things in order, and says nothing that the programs would not understand."""

import gzip
import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft201909Validator

from bench.kafka_jars import VERSIONS
from config.settings import load

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests/vendor/compose/compose-spec.json.gz"
OURS = ("topics", "worker")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def image_settings():
    """What the image itself sets."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    return dict(re.findall(r"\b(KAWAT_[A-Z_]+)=(\S+)", dockerfile))


def test_it_fits_the_compose_specification(compose):
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    Draft201909Validator(schema).validate(compose)
    broken = {**compose, "services": {"worker": {"imagge": "kawat"}}}
    assert not Draft201909Validator(schema).is_valid(broken)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_with_a_value_that_it_takes(compose, name):
    environment = {**image_settings(), **compose["services"][name]["environment"]}
    settings, origin = load(environ=environment)
    assert settings.bootstrap_servers == "kafka:19092"
    assert {where for where in origin.values() if where != "default"} == set(environment)


def test_the_worker_starts_when_the_topics_are_made_and_they_when_kafka_is_well(compose):
    services = compose["services"]
    assert services["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert services["worker"]["depends_on"]["topics"]["condition"] == "service_completed_successfully"
    assert services["topics"]["restart"] == "no"
    assert "kafka-broker-api-versions" in services["kafka"]["healthcheck"]["test"][1]


def test_ports_are_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_images_are_pinned(compose):
    for service in compose["services"].values():
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+\.\d+", service["image"])


def test_the_kafka_is_one_that_the_tests_run_on(compose):
    assert compose["services"]["kafka"]["image"].partition(":")[2] in VERSIONS


def test_kafka_makes_no_topic_by_itself_and_keeps_its_data_in_the_volume(compose):
    kafka = compose["services"]["kafka"]
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert kafka["volumes"] == [f"kafka:{kafka['environment']['KAFKA_LOG_DIRS']}"]


def test_clients_inside_and_outside_are_told_addresses_that_they_can_reach(compose):
    kafka = compose["services"]["kafka"]["environment"]
    listens = dict(item.split("://:") for item in kafka["KAFKA_LISTENERS"].split(","))
    told = dict(item.split("://") for item in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert set(listens) == {*told, kafka["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert all(address.endswith(f":{listens[name]}") for name, address in told.items())
    worker = compose["services"]["worker"]["environment"]["KAWAT_BOOTSTRAP_SERVERS"]
    assert worker == told[kafka["KAFKA_INTER_BROKER_LISTENER_NAME"]]
    outside = told["OUTSIDE"]
    assert f"{outside}:{listens['OUTSIDE']}" in compose["services"]["kafka"]["ports"]


def test_the_worker_may_drain_before_it_is_killed(compose):
    settings, _ = load(environ={})
    grace = int(compose["services"]["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace * 1000 >= settings.drain_timeout_ms + 10_000


def test_the_worker_can_write_to_its_state_and_to_nothing_else(compose):
    worker = compose["services"]["worker"]
    assert worker["read_only"] is True
    assert worker["volumes"] == [f"state:{image_settings()['KAWAT_STATE_DIR']}"]
    assert worker["cap_drop"] == ["ALL"]
