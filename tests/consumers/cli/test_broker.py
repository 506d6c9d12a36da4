from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys

import pytest

from config.settings import Settings
from config.topics import TOPICS
from consumers.kafka import admin

KAWAT = [sys.executable, "-c", "from consumers.cli import main; main()"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_broker_runs_with_its_topics_until_a_signal(tmp_path, number):
    process = subprocess.Popen(
        [*KAWAT, "broker", "--port", "0", "--set", "partitions=2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = re.match(r"a broker at (\S+);", process.stdout.readline())[1]
        states = asyncio.run(admin.describe(Settings(bootstrap_servers=address, partitions=2)))
        assert [state.partitions for state in states] == [2] * len(TOPICS)
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == "stopped\n"
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_told(kawat, broker):
    result = kawat("broker", "--port", broker.port)
    assert result.exit_code == 1
    assert "already in use" in result.stderr
    assert "Traceback" not in result.stderr
