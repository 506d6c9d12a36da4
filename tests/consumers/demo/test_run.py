"""The demo itself, as a person runs it."""

import io
import re
import signal
import subprocess
import sys
import urllib.request

import psutil
import pytest
from rich.console import Console

from config.settings import Settings
from consumers.demo.arrivals import Check
from consumers.demo.run import _Demo, _free_port

KAWAT = [sys.executable, "-c", "from consumers.cli import main; main()"]


@pytest.fixture
def demo(tmp_path):
    console = Console(file=io.StringIO(), width=100)
    made = _Demo(console, Settings(http_port=1), tmp_path)
    (tmp_path / "worker.log").write_text("the worker's own words\n")
    return made


def test_one_failed_check_is_exit_code_1_and_the_log_is_shown(demo):
    assert demo._conclude([Check("a", "1", holds=True), Check("b", "0", holds=False)], 3.0) == 1
    out = demo._console.file.getvalue()
    assert "1 of 2 checks failed" in out
    assert "the worker's own words" in out


def test_no_failed_check_is_exit_code_0(demo):
    assert demo._conclude([Check("a", "1", holds=True)], 3.0) == 0
    assert "all 1 checks hold" in demo._console.file.getvalue()


def test_a_port_that_is_taken_is_passed_over(broker):
    assert _free_port(broker.port) != broker.port


@pytest.mark.timeout(240)
def test_all_arrives_and_it_goes_on_running_when_asked_and_leaves_nothing_behind():
    with subprocess.Popen([*KAWAT, "demo", "--keep"], stdout=subprocess.PIPE, text=True) as running:
        lines = []
        for line in running.stdout:
            lines.append(line)
            if line.startswith("stop"):
                break
        out = "".join(lines)
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 2  # broker and worker
        url = re.search(r"^metrics +(\S+)", out, re.MULTILINE)[1]
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
            assert b'kawat_story_outcomes_total{outcome="enriched"}' in answer.read()
        page = re.search(r"^the page +(\S+)", out, re.MULTILINE)[1]
        with urllib.request.urlopen(page, timeout=5) as answer:  # noqa: S310 - see above
            assert b"the wire, live" in answer.read()
        with urllib.request.urlopen(page + "events", timeout=5) as answer:  # noqa: S310 - see above
            told = b"".join(iter(answer.readline, b"event: pulse\n"))
        assert told.count(b"event: story") == 36
        running.send_signal(signal.SIGINT)
        out += running.stdout.read()
    assert running.returncode == 0, out
    assert "checks hold" in out
    assert "WRONG" not in out
    for part in ("Fitria Danastri", "Baca juga: Warga Cibelo", "malformed", "withdrawn on all three topics"):
        assert part in out
    assert not [child for child in children if child.is_running()]
