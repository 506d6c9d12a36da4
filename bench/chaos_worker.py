"""One worker of the chaos run and of the benchmarks: `python -m bench.chaos_worker '{"group": ...}'`."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import uuid

import consumers.lanes.claim
from config.settings import load
from consumers import runtime
from consumers.telemetry import logs
from consumers.worker import Worker


def unfenced(group: str, topic: str, partition: int) -> str:
    """A transactional id that nobody else will ever use: nothing fences a worker that wakes up again."""
    return f"{group}-{topic}-{partition}-{uuid.uuid4().hex}"


async def main() -> None:
    """Runs until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=json.loads, help="settings as a JSON object")
    parser.add_argument("--chain", required=True, help="what the NLP processes run")
    parser.add_argument("--no-fencing", action="store_true", help="break exactly-once, to see that it shows")
    asked = parser.parse_args()
    settings, _ = load(overrides=asked.settings, environ={})
    logs.configure(settings)
    if asked.no_fencing:
        consumers.lanes.claim.transactional_id = unfenced
    worker = Worker(settings, chain=asked.chain)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()


if __name__ == "__main__":
    runtime.run(main())
