from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from config.settings import Settings
from consumers.telemetry import logs

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def configured(**values):
    stream = io.StringIO()
    libraries = values.pop("libraries", "warning")
    logs.configure(Settings(**values), stream=stream, libraries=libraries)
    return stream


def test_json_lines_carry_what_callers_bound():
    stream = configured(log_format="json")
    with structlog.contextvars.bound_contextvars(topic="news.raw", partition=3):
        structlog.get_logger().info("dead letter", offset=7)
    line = json.loads(stream.getvalue())
    assert (line["topic"], line["partition"], line["offset"]) == ("news.raw", 3, 7)
    assert (line["event"], line["level"]) == ("dead letter", "info")
    assert line["timestamp"].endswith("Z")


def test_events_below_the_level_are_left_out():
    stream = configured(log_level="warning")
    structlog.get_logger().info("quiet")
    assert stream.getvalue() == ""


def test_a_logger_made_before_the_set_up_follows_it():
    logger = structlog.get_logger()
    stream = configured(log_format="json")
    logger.warning("late")
    assert json.loads(stream.getvalue())["event"] == "late"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_libraries_come_through_from_warning_on_even_when_we_debug(log_format):
    stream = configured(log_level="debug", log_format=log_format)
    logging.getLogger("aiokafka.conn").debug("wire bytes")
    logging.getLogger("aiokafka.conn").info("heartbeat")
    logging.getLogger("aiokafka.conn").warning("connection to %s lost", "node 1")
    assert len(stream.getvalue().splitlines()) == 1
    assert "connection to node 1 lost" in stream.getvalue()
    assert "aiokafka.conn" in stream.getvalue()


def test_a_command_that_reports_errors_itself_can_silence_the_libraries():
    stream = configured(libraries="off")
    logging.getLogger("aiokafka").critical("node not ready")
    assert stream.getvalue() == ""


def fail_on(body):
    raise ValueError(f"{len(body)} characters")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_names_the_error_but_never_shows_local_variables(log_format):
    stream = configured(log_format=log_format)
    story = "Gempa mengguncang pesisir"
    try:
        fail_on(story)  # source lines are shown: the literal stands elsewhere
    except ValueError:
        structlog.get_logger().exception("processor failed")
        logging.getLogger("faust").exception("agent failed")
    assert stream.getvalue().count("fail_on") >= 2
    assert f"{len(story)} characters" in stream.getvalue()
    assert story not in stream.getvalue()


def test_a_library_that_says_the_same_in_a_loop_is_heard_once_in_a_while():
    out = io.StringIO()
    logs.configure(Settings(), stream=out)
    for node in range(100):
        logging.getLogger("aiokafka").error("Unable connect to node with id %d", node)
    logging.getLogger("aiokafka").error("Something else")
    assert out.getvalue().count("Unable connect") == 1
    assert "Something else" in out.getvalue()
