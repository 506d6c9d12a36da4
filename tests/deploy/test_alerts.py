"""Alerts ask for metrics that exist, have tests and a runbook, and reach someone; runbooks name commands that exist."""

import re
from pathlib import Path

import click
import pytest
import yaml

from config.settings import Settings
from consumers.cli import main

ROOT = Path(__file__).parents[2]
PROMETHEUS, RUNBOOKS = ROOT / "deploy/prometheus", ROOT / "deploy/runbooks"
ALERTMANAGER = yaml.safe_load((ROOT / "deploy/alertmanager/alertmanager.yml").read_text("utf-8"))
SEVERITIES = {"page", "ticket"}


def rules(file):
    groups = yaml.safe_load((PROMETHEUS / "rules" / file).read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules("alerts.yml")}
RECORDS = {rule["record"] for rule in rules("recording.yml")}
TESTS = [
    test
    for path in (PROMETHEUS / "tests").glob("*.yml")
    for test in yaml.safe_load(path.read_text("utf-8"))["tests"]
]


PAGES = sorted(RUNBOOKS.glob("*.md"))
READ_BY_OPS = [*PAGES, ROOT / "docs/operations.md"]


def runbook_names():
    return {path.stem for path in PAGES} - {"README"}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_is_wrong_how_bad_it_is_and_where_its_runbook_is(name):
    alert = ALERTS[name]
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["labels"]["severity"] in SEVERITIES
    assert alert["labels"]["service"] == "kawat"
    assert alert["annotations"]["runbook"] == f"deploy/runbooks/{name}.md"
    assert (ROOT / alert["annotations"]["runbook"]).is_file()


def test_every_runbook_belongs_to_an_alert_and_the_index_lists_them_all_with_their_severity():
    assert runbook_names() == set(ALERTS)
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|", index, re.MULTILINE))
    assert rows == {name: alert["labels"]["severity"] for name, alert in ALERTS.items()}


@pytest.mark.parametrize("path", READ_BY_OPS, ids=lambda path: path.stem)
def test_links_hold(path):
    for link in re.findall(r"\]\(([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / link).exists(), link


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_a_runbook_says_what_it_means_how_to_see_it_and_what_to_do(name):
    text = (RUNBOOKS / f"{name}.md").read_text("utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == ["What it means", "How to see it", "What to do"]
    assert re.search(r"^ {6,}\S", text, re.MULTILINE), "no command"


def commands(text):
    """Each call of `kawat` that stands in a code block or in backticks, as words."""
    blocks = [line.strip() for line in text.splitlines() if line.startswith(" " * 6)]
    for line in [*blocks, *re.findall(r"`(kawat [^`]*)`", text)]:
        for part in re.split(r" \| | > | && ", line):
            if part.startswith("kawat "):
                yield part.split()[1:]


@pytest.mark.parametrize("path", READ_BY_OPS, ids=lambda path: path.stem)
def test_commands_exist_with_their_options(path):
    for words in commands(path.read_text("utf-8")):
        if words == ["..."]:
            continue
        command, rest = main, words
        while isinstance(command, click.Group):
            assert rest, f"{words}: which command?"
            assert rest[0] in command.commands, words
            command, rest = command.commands[rest[0]], rest[1:]
        known = {option for parameter in (*command.params, *main.params) for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known, words


@pytest.mark.parametrize("path", READ_BY_OPS, ids=lambda path: path.stem)
def test_variables_are_settings(path):
    for variable in re.findall(r"KAWAT_([A-Z_]+)", path.read_text("utf-8")):
        assert variable.lower() in Settings.model_fields


def test_rules_ask_for_metrics_that_there_are(families):
    known = {"up"} | {name for family in families for name in family.series} | RECORDS
    for rule in [*ALERTS.values(), *rules("recording.yml")]:
        asked = set(re.findall(r"\b(?:kawat_\w+|up|\w+:kawat_\w+:\w+)\b(?=[{\[\s)]|$)", rule["expr"]))
        assert asked
        assert asked <= known, rule


def test_what_is_recorded_is_named_by_level_metric_and_operation():
    assert RECORDS
    assert all(re.fullmatch(r"(job|outlet):kawat_[a-z_]+:[a-z0-9_]+", record) for record in RECORDS)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tested_to_fire_and_to_stay_silent(name):
    fires = [
        bool(check["exp_samples"])
        for test in TESTS
        for check in test["promql_expr_test"]
        if f'"{name}"' in check["expr"]
    ]
    assert set(fires) == {True, False}


def test_each_severity_has_a_route_of_its_own_to_a_receiver():
    routes = {route["matchers"][0]: route["receiver"] for route in ALERTMANAGER["route"]["routes"]}
    assert {f'severity="{severity}"' for severity in SEVERITIES} == set(routes)
    assert set(routes.values()) == {receiver["name"] for receiver in ALERTMANAGER["receivers"]}


def test_inhibitions_name_alerts_that_exist():
    for rule in ALERTMANAGER["inhibit_rules"]:
        for matcher in [*rule["source_matchers"], *rule["target_matchers"]]:
            label, _, value = re.fullmatch(r'(\w+)(=~|!=|=)"(.*)"', matcher).groups()
            if label == "alertname":
                assert set(value.split("|")) <= set(ALERTS)
        assert rule["equal"] == ["job"]


def test_secrets_are_files():
    text = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text("utf-8")
    secrets = re.findall(r"^ +(?:- )?(\w*(?:url|key|token|password)\w*): *(\S+)", text, re.MULTILINE)
    assert secrets
    for key, value in secrets:
        assert key.endswith("_file")
        assert value.startswith("/run/secrets/")
