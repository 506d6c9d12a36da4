"""A Faust agent that copies each record to one topic or more, until SIGTERM.

As Faust's documentation shows it, an event counts as done once its records are on the way: their offset may be
committed before the broker has them, and a crash then loses them. With `--wait` the agent waits for the broker, and
loses none.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile

import faust


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bootstrap", "group", "topic"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--out", nargs="+", required=True)
    parser.add_argument(
        "--wait", action="store_true", help="an event is done when the broker has its records"
    )
    asked = parser.parse_args()
    sys.argv = sys.argv[:1]  # Faust reads the rest, too
    with tempfile.TemporaryDirectory() as folder:
        app = faust.App(
            asked.group,
            broker=f"kafka://{asked.bootstrap}",
            store="memory://",
            datadir=folder,
            web_enabled=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
        )
        source = app.topic(
            asked.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )
        targets = [
            app.topic(out, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
            for out in asked.out
        ]

        @app.agent(source)
        async def copy(stream: faust.Stream) -> None:
            async for event in stream.events():
                sent = [await target.send(key=event.key, value=event.value) for target in targets]
                if asked.wait:
                    await asyncio.gather(*sent)

        faust.Worker(app, loglevel="WARN").execute_from_commandline()


if __name__ == "__main__":
    main()
