from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from consumers.cli import main


@pytest.fixture
def kawat(tmp_path, monkeypatch, logging_as_it_was):  # noqa: ARG001 - commands set up logging
    """Calls `kawat` in an empty folder with an empty environment; gives click's result, of which no traceback."""
    for name in list(os.environ):
        if name.startswith("KAWAT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def call(*arguments, stdin=None):
        result = CliRunner().invoke(
            main, [str(argument) for argument in arguments], input=stdin, prog_name="kawat"
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def there(settings):
    """The global options that lead to the test's broker, topics and group."""
    return [
        "--bootstrap",
        settings.bootstrap_servers,
        *(f"--set={key}={getattr(settings, key)}" for key in ("topic_prefix", "group", "partitions")),
    ]
