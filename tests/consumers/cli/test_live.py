from __future__ import annotations

import asyncio

import pytest

from consumers.kafka import admin


def test_missing_topics_are_told_without_traceback(kawat, there):
    result = kawat("live", *there, "--port", "0")
    assert result.exit_code == 1
    assert "`kawat topics create` creates it" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_port_that_is_taken_is_told_without_traceback(kawat, there, broker, settings):
    asyncio.run(admin.create(settings))
    result = kawat("live", *there, "--port", broker.port)
    assert result.exit_code == 1
    assert f"can't listen on 127.0.0.1:{broker.port} (--host, --port)" in result.stderr


@pytest.mark.parametrize("wrong", [["--stories", "0"], ["--port", "70000"]])
def test_what_makes_no_sense_is_refused(kawat, wrong):
    assert kawat("live", *wrong).exit_code == 2
