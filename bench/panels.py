"""Every panel of the dashboards on real data: a worker under load, insights, live page, Prometheus, each query run.

A query must return numbers, or its panel must say in `deploy/grafana/dashboards.yaml` why it may be empty. All rules
must evaluate without an error. `python -m bench.panels`; the exit status is 1 if anything is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from aiokafka import AIOKafkaProducer

from bench import stories
from bench.apache_kafka import free_port
from bench.watch import DEPLOY, Watch
from config.settings import Settings, load
from config.topics import RAW
from consumers.kafka import admin
from consumers.kafka.broker import EmbeddedBroker

SCRAPE_S, WINDOW = 2, "16s"
JOBS = {"workers": ["kawat"], "beside": ["kawat-insights", "kawat-live"]}
OUTLETS = ("kabarwanaraya.example", "wartateluk.example", "suaratirta.example")


async def traffic(settings: Settings, per_second: float) -> None:
    """Stories of three outlets without end; now and then a repeat, an update, a kill, a broken payload."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, linger_ms=5)
    await producer.start()
    try:
        due = time.monotonic()
        for number in range(1_000_000):
            due += 1 / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for value in messages(number):
                await producer.send(settings.topic(RAW.name), value, key=stories.uri(number).encode())
    finally:
        await producer.stop()


def messages(number: int) -> list[bytes]:
    """What comes of one story."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    outlet = [{"name": OUTLETS[number % 3], "role": "provider"}]
    document = {**stories.ninjs(number), "versionCreated": made, "infoSources": outlet}
    found = [stories.encode(document)]
    if number % 10 == 3:
        found.append(found[0])
    if number % 10 == 6:
        found.append(stories.encode(stories.kill(number, 2)))
    if number % 40 == 9:
        found.append(found[0][: len(found[0]) // 2])
    return found


async def checked(watch: Watch) -> list[str]:
    """What is wrong; prints a line a panel."""
    wrong = [
        f"rule {rule['name']}: {rule['health']} {rule.get('lastError', '')}"
        for rule in await watch.rules()
        if rule["health"] == "err"  # a slow group may not have been asked yet
    ]
    described = yaml.safe_load((DEPLOY / "grafana/dashboards.yaml").read_text("utf-8"))
    for name, dashboard in described.items():
        for variable, series in _variables(name):
            if not await watch.label_values(series, variable):
                wrong.append(f"{name}: the variable {variable} has nothing to offer")
        for panel in (panel for row in dashboard["rows"] for panel in row["panels"]):
            wrong += await _panel(watch, name, panel)
    return wrong


def _variables(name: str) -> list[tuple[str, str]]:
    """Each variable of a dashboard but its data source, and the series whose label it is."""
    made = json.loads((DEPLOY / f"grafana/dashboards/{name}.json").read_text("utf-8"))
    queries = (one["query"]["query"] for one in made["templating"]["list"] if one["name"] != "datasource")
    found = (re.fullmatch(r"label_values\((.*), (\w+)\)", query) for query in queries)
    return [(one[2], asked(one[1], name)) for one in found if one]


async def _panel(watch: Watch, name: str, panel: dict[str, Any]) -> list[str]:
    wrong = []
    for legend, expression in panel["queries"].items():
        found = await watch.series(asked(expression, name))
        mark = str(len(found)) if found else ("-" if "empty" in panel else "EMPTY")
        print(f"{mark:>6}  {name}: {panel['title']}: {legend}")
        if not found and "empty" not in panel:
            wrong.append(f"{name}: {panel['title']}: {legend} shows nothing: {asked(expression, name)}")
    return wrong


async def saved(watch: Watch, folder: Path, since: float) -> None:
    """A file a dashboard with its JSON and all its series since then, for `deploy/grafana/picture`."""
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text("utf-8"))
        series = {
            f"{panel['id']} {index}": await watch.series(
                asked(target["expr"], path.stem), seconds=time.time() - since
            )
            for panel in dashboard["panels"]
            for index, target in enumerate(panel.get("targets", ()))
        }
        shown = {"dashboard": dashboard, "series": series, "from": since * 1000, "to": time.time() * 1000}
        (folder / f"{path.stem}.js").write_text(f"window.KAWAT = {json.dumps(shown)};\n", "utf-8")


def asked(expression: str, dashboard: str) -> str:
    """An expression of a panel with its variables chosen: our jobs, and all instances, outlets, languages."""
    jobs = "|".join(JOBS["beside" if dashboard == "readers" else "workers"])
    chosen = expression.replace("$__rate_interval", WINDOW).replace('"$job"', f'"{jobs}"')
    return re.sub(r'"\$\w+"', '".+"', chosen)


async def run(seconds: float, per_second: float, kawat: list[str], save: Path | None) -> list[str]:
    """Starts everything, waits, asks; what is wrong."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kawat-panels-")))
        broker = stack.enter_context(EmbeddedBroker())
        ports = {job: free_port() for jobs in JOBS.values() for job in jobs}
        values = {
            "bootstrap_servers": broker.bootstrap,
            "http_port": ports["kawat"],
            "insights_http_port": ports["kawat-insights"],
            "live_http_port": ports["kawat-live"],
            "pool_size": 1,
            "partitions": 3,
        }
        settings, _ = load(overrides=values, environ={})
        await admin.create(settings)
        options = [f"--set={key}={value}" for key, value in values.items()]
        commands = (["run"], ["insights"], ["live", "--port=0"])
        logs = [folder / f"{command[0]}.log" for command in commands]
        running = [
            await _started([*kawat, *command, *options], log)
            for command, log in zip(commands, logs, strict=True)
        ]
        targets = {job: [f"127.0.0.1:{port}"] for job, port in ports.items()}
        try:
            async with Watch(targets, folder / "watch", scrape_s=SCRAPE_S) as watch:
                sending = asyncio.create_task(traffic(settings, per_second))
                try:
                    await _until_it_works(watch)
                    since = time.time()
                    await asyncio.sleep(seconds)
                    if sending.done():
                        sending.result()
                    if save:
                        await saved(watch, save, since)
                    return await checked(watch)
                finally:
                    sending.cancel()
        finally:
            for process in running:
                if process.returncode is None:
                    process.terminate()
                else:
                    print("".join(log.read_text("utf-8", "replace")[-600:] for log in logs))
            await asyncio.gather(*(process.wait() for process in running))


async def _started(command: list[str], log: Path) -> asyncio.subprocess.Process:
    with log.open("wb") as out:
        return await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out, start_new_session=True)


async def _until_it_works(watch: Watch, timeout_s: float = 90) -> None:
    deadline = time.monotonic() + timeout_s
    for what in (
        'kawat_story_outcomes_total{outcome="enriched"} > 0',
        "kawat_insights_ready == 1",
        "kawat_live_ready == 1",
    ):
        while not await watch.series(what, seconds=1):
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing says {what}")
            await asyncio.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=30, help="how long under load before panels are asked"
    )
    parser.add_argument("--rate", type=float, default=15, help="stories a second")
    parser.add_argument(
        "--kawat", default=str(Path(sys.executable).with_name("kawat")), help="how `kawat` is called"
    )
    parser.add_argument("--save", type=Path, help="keep what the panels show in this folder, to draw it")
    options = parser.parse_args()
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    wrong = asyncio.run(run(options.seconds, options.rate, options.kawat.split(), options.save))
    print("\n".join(wrong) or "every panel shows data, every rule is evaluated")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
