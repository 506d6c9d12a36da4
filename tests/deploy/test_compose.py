"""The compose file is valid, starts things in order, and says nothing that the programs would not understand."""

import gzip
import json
import re
from pathlib import Path

import click
import pytest
import yaml
from jsonschema import Draft201909Validator

from bench.kafka_jars import VERSIONS
from config.settings import load
from consumers.cli import main

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests/vendor/compose/compose-spec.json.gz"
OURS = ("topics", "worker", "insights", "live")
NOT_READ_ONLY = {"kafka"}  # its image writes its own configuration


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


@pytest.mark.parametrize("name", ["insights", "live"])
def test_a_health_check_asks_the_port_on_which_it_is_answered(compose, name):
    service = compose["services"][name]
    settings, _ = load(environ={**image_settings(), **service["environment"]})
    port = {"insights": settings.insights_http_port, "live": settings.live_http_port}[name]
    assert f"127.0.0.1:{port}/healthz" in service["healthcheck"]["test"][-1]
    prometheus = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    (scraped,) = [job for job in prometheus["scrape_configs"] if job["job_name"] == f"kawat-{name}"]
    assert scraped["static_configs"] == [{"targets": [f"{name}:{port}"]}]


def test_ports_are_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_images_are_pinned(compose):
    for service in compose["services"].values():
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", service["image"])


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


def test_extras_need_a_profile_and_what_is_needed_does_not(compose):
    profiles = {name: service.get("profiles") for name, service in compose["services"].items()}
    assert {name for name, asked in profiles.items() if asked is None} == {"kafka", "topics", "worker"}
    assert {name for name, asked in profiles.items() if asked == ["watch"]} == {
        "prometheus",
        "alertmanager",
        "grafana",
    }
    assert profiles["insights"] == ["insights"]
    assert profiles["live"] == ["live"]


@pytest.mark.parametrize("name", OURS)
def test_what_it_is_told_to_do_is_a_command_with_such_options(compose, name):
    words = compose["services"][name].get("command", ["run"])
    command, rest = main, list(words)
    while isinstance(command, click.Group):
        command, rest = command.commands[rest[0]], rest[1:]
    assert command.make_context(words[0], rest, resilient_parsing=True)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_every_container_is_limited_and_has_no_rights_to_gain(compose):
    for name, service in compose["services"].items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
        assert service["pids_limit"] > 0, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only", False) == (name not in NOT_READ_ONLY), name
        assert not str(service.get("user", "10001")).startswith("0"), name
        assert service["networks"], name


def test_secrets_are_files_that_are_described_and_no_variable_holds_one(compose):
    described = (ROOT / "deploy/secrets/README.md").read_text("utf-8")
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"${{SECRETS_FOLDER:-./deploy/secrets}}/{name}"}
        assert f"| `{name}` |" in described
    asked = {one for service in compose["services"].values() for one in service.get("secrets", ())}
    assert asked == set(compose["secrets"])
    for service in compose["services"].values():
        for variable, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|SECRET|TOKEN|KEY", variable) or value.startswith("/run/secrets/")
    ignored = (ROOT / "deploy/secrets/.gitignore").read_text("utf-8").split()
    assert ignored == ["*", "!.gitignore", "!README.md"]


def mounts(service):
    """Folder in the container by folder of the checkout."""
    volumes = [volume.split(":") for volume in service.get("volumes", ())]
    return {place: source for source, place, *_ in volumes if source.startswith("./")}


def test_what_is_mounted_exists_and_only_to_be_read(compose):
    for service in compose["services"].values():
        for source in mounts(service).values():
            assert (ROOT / source).exists(), source
        assert all(volume.endswith(":ro") for volume in service.get("volumes", ()) if volume.startswith("./"))


def test_the_watchers_find_each_other_and_the_worker(compose):
    services = compose["services"]
    prometheus = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    targets = [
        target
        for job in (*prometheus["scrape_configs"], *prometheus["alerting"]["alertmanagers"])
        for one in job["static_configs"]
        for target in one["targets"]
    ]
    sources = yaml.safe_load(
        (ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    targets += [source["url"].removeprefix("http://") for source in sources["datasources"]]
    for target in set(targets) - {"localhost:9090"}:
        name, _, port = target.partition(":")
        assert "watch" in services[name]["networks"]
        assert any(published.endswith(f":{port}") for published in services[name]["ports"])


def test_paths_in_commands_and_configurations_are_mounted(compose):
    services = compose["services"]
    assert "/etc/prometheus" in mounts(services["prometheus"])
    assert "/etc/alertmanager" in mounts(services["alertmanager"])
    provider = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/kawat.yml").read_text("utf-8"))
    grafana = mounts(services["grafana"])
    assert grafana[provider["providers"][0]["options"]["path"]] == "./deploy/grafana/dashboards"
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (ROOT / home.replace("/etc/grafana/dashboards", "deploy/grafana/dashboards")).is_file()
    text = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text("utf-8")
    for secret in re.findall(r"/run/secrets/(\w+)", text):
        assert secret in services["alertmanager"]["secrets"]
