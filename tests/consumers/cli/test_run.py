from __future__ import annotations

import signal
import subprocess
import sys

import pytest

CHILD = """
import asyncio, sys, time
from consumers.cli.run import obey_signals

class Worker:
    def __init__(self):
        self.stopping = asyncio.Event()
    def stop(self):
        self.stopping.set()

async def work():
    worker = Worker()
    obey_signals(worker)
    print("ready", flush=True)
    await worker.stopping.wait()
    print("draining", flush=True)
    if sys.argv[1] == "hang":
        time.sleep(600)

asyncio.run(work())
print("drained", flush=True)
"""


@pytest.fixture
def worker():
    """Starts a process that obeys signals as the worker does; it hangs when it drains, if it is told so."""
    started = []

    def start(how="end"):
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, how], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_ends_it_gracefully(worker, number):
    process = worker()
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stdout.read() == "draining\ndrained\n"


def test_a_second_interrupt_ends_it_at_once_even_if_the_loop_hangs(worker):
    process = worker("hang")
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "draining\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130  # the loop hangs for far longer
    assert process.stdout.read() == ""


def test_missing_topics_are_told_without_traceback(kawat, there, monkeypatch):
    async def nothing(self):
        del self

    monkeypatch.setattr("consumers.pool.pool.Pool.start", nothing)  # the chain is not what this is about
    monkeypatch.setattr("consumers.pool.pool.Pool.stop", nothing)
    result = kawat("run", *there, "--set", "http_port=0")
    assert result.exit_code == 1
    assert "`kawat topics create` creates them" in result.stderr
    assert "Traceback" not in result.stderr
