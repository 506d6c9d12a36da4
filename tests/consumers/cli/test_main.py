from __future__ import annotations

import subprocess
import sys

import click
import pytest

from consumers.cli import main

HEAVY = {
    "asyncio",
    "spacy",
    "faust",
    "aiokafka",
    "pydantic",
    "structlog",
    "rich",
    "lxml",
    "trafilatura",
    "lingua",
    "orjson",
}


def commands(group=main, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda part: " ".join(part) if isinstance(part, tuple) else ""
)
def test_each_command_has_help_that_ends_with_examples_of_itself(kawat, path, command):
    result = kawat(*path, "--help")
    assert result.exit_code == 0
    _, _, example = result.stdout.partition("\nExample:\n")
    assert f"kawat {' '.join(path)}" in example
    assert [
        option.name for option in command.params if isinstance(option, click.Option) and not option.help
    ] == []


def test_help_lists_every_command_with_a_whole_sentence(kawat):
    told = kawat("--help").stdout
    for name in main.commands:
        (line,) = [line for line in told.splitlines() if line.split()[:1] == [name]]
        assert line.endswith(".")
        assert "..." not in line


def test_help_loads_nothing_heavy():
    code = "import sys; from consumers.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert HEAVY & {name.partition(".")[0] for name in loaded.split()} == set()


def test_the_version_is_told(kawat):
    assert kawat("--version").stdout.startswith("kawat ")


def test_an_unknown_command_is_misuse(kawat):
    assert kawat("fly").exit_code == 2


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_after_the_command(kawat, before):
    options, command = ["--set", "group=night"], ["config", "show", "--json"]
    result = kawat(*(options + command if before else command + options))
    assert '"key":"group","value":"night","from":"command line"' in result.stdout


def test_the_option_nearer_to_the_command_s_end_wins(kawat):
    result = kawat("--bootstrap", "a:1", "config", "show", "--bootstrap", "b:2", "--json")
    assert '"value":"b:2"' in result.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--set", "grup=x"], "no setting is called 'grup'"),
        (["--set", "partitions=many"], "partitions = 'many' (command line)"),
        (["--bootstrap", "kafka"], "host:port"),
        (["--config", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["--set", "group"], "key=value"),
    ],
)
def test_a_wrong_configuration_is_misuse_and_told_without_traceback(kawat, options, told):
    result = kawat(*options, "topics", "describe")
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "command",
    [
        ["topics", "create"],
        ["topics", "describe"],
        ["tap", "articles"],
        ["feed", "-"],
        ["dlq", "list"],
        ["dlq", "show", "0:0"],
        ["dlq", "redrive", "--all"],
        ["replay", "--all"],
    ],
    ids=" ".join,
)
def test_without_a_broker_the_address_and_its_setting_are_named(kawat, tmp_path, command):
    (tmp_path / "kawat.yaml").write_text("bootstrap_servers: 127.0.0.1:1\n")
    result = kawat(*command, stdin="{}")
    assert result.exit_code == 1
    assert "no broker answers at 127.0.0.1:1 (setting bootstrap_servers, from: kawat.yaml)" in result.stderr
    assert "--bootstrap" in result.stderr
    assert len(result.stderr.splitlines()) == 2  # nothing of the libraries' own


@pytest.mark.parametrize(
    "command",
    [
        ["tap", "articles"],
        ["feed", "-"],
        ["dlq", "list"],
        ["dlq", "show", "0:0"],
        ["dlq", "redrive", "--all"],
        ["replay", "--all"],
    ],
    ids=" ".join,
)
def test_without_its_topic_the_command_that_makes_it_is_named(kawat, there, command):
    result = kawat(*command, *there, stdin="{}")
    assert result.exit_code == 1
    assert "`kawat topics create` creates it" in result.stderr
    assert len(result.stderr.splitlines()) == 1
