"""Things break on purpose, one a run; how long until which alert, and what repairs it.

`python -m bench.drill worker|broker|garbage|pool|outlet`: a real Apache Kafka, one worker with the settings of
`docker-compose.yml`, Prometheus and Alertmanager as `deploy/` has them, some stories a second. Times of the rules are the
real ones with `--faster 1`. Unless told otherwise a run takes three minutes at most, so where rules look back at a quarter
of an hour (`garbage`, `pool`) all durations of rules and routes are a fifteenth, and where they compare an hour with a
day (`outlet`) a hundred-and-twentieth. The exit status is 1 if the alert did not come, or did not end once the fault
was repaired.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiokafka import AIOKafkaProducer

from bench import stories
from bench.apache_kafka import ApacheKafka, free_port
from bench.kafka_jars import ROOT
from bench.panels import saved
from bench.torment import HANG
from bench.watch import Watch
from config.settings import load
from config.topics import RAW

LIMIT_S = 165  # at the usual pace of a drill
OUTLETS = ("kabarwanaraya.example", "wartateluk.example")
KAWAT = str(Path(sys.executable).with_name("kawat"))


class Drill:
    """One run: what is up, what is sent, and a clock that starts when the fault does."""

    def __init__(self, kafka: ApacheKafka, folder: Path, *, torment: bool, faster: int) -> None:
        self.kafka = kafka
        self._folder = folder
        self._torment = torment
        self._port = free_port()
        self.watch = Watch(
            {"kawat": [f"127.0.0.1:{self._port}"]},
            folder / "watch",
            scrape_s=2 if faster > 1 else 15,
            faster=faster,
        )
        self.worker: subprocess.Popen[bytes] | None = None
        self.started = time.time()
        self.fault: float | None = None
        self.mended = self.started
        self.spoil: Callable[[int], list[bytes]] | None = None
        self.owed: list[
            int
        ] = []  # numbers of stories that were spoilt, until they are sent as they should be
        self.failed = False
        self.paused = (
            False  # a producer without a broker asks for it as fast as it can, and would be what is measured
        )

    # --- the stage ----------------------------------------------------------------------------------------------

    def say(self, text: str, at: float | None = None) -> None:
        """A line with the seconds since the fault, before it since the start; `at`: when, if not now."""
        mark = "fault" if self.fault else "start"
        print(f"[{mark} +{(at or time.time()) - (self.fault or self.started):5.1f} s] {text}", flush=True)

    def breaks(self, what: str) -> None:
        """The fault begins now."""
        self.fault = time.time()
        self.say(what)

    def start_worker(self) -> None:
        """As Compose would, on this machine's addresses."""
        values = {**_compose(), "bootstrap_servers": self.kafka.bootstrap, "http_port": self._port}
        values |= {"http_host": "127.0.0.1", "state_dir": str(self._folder / "state")}
        if self._torment:
            command = [sys.executable, "-m", "bench.chaos_worker", json.dumps(values)]
            command += ["--chain", "bench.torment:chain"]
        else:
            command = [KAWAT, "run", *(f"--set={key}={value}" for key, value in values.items())]
        with (self._folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def kill_worker(self) -> None:
        """SIGKILL."""
        if self.worker:
            self.worker.kill()
            self.worker.wait()

    async def kawat(self, *arguments: str) -> str:
        """An ops command against this broker; its output is shown, shortened."""
        self.say(f"$ kawat {' '.join(arguments)}")
        process = await asyncio.create_subprocess_exec(
            KAWAT,
            *arguments,
            "--bootstrap",
            self.kafka.bootstrap,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
        )
        output, _ = await process.communicate()
        text = output.decode("utf-8", "replace").strip()
        for line in text.splitlines()[:6]:
            print(f"    {line[:140]}")
        return text

    async def traffic(self, per_second: float) -> None:
        """Stories of two outlets, every twentieth a kill of the one before; what `spoil` makes comes beside them."""
        settings, _ = load(environ={"KAWAT_BOOTSTRAP_SERVERS": self.kafka.bootstrap})
        topic = settings.topic(RAW.name)
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap, linger_ms=5)
        await producer.start()
        try:
            for number in itertools.count():
                await asyncio.sleep(1 / per_second)
                if self.paused:
                    continue
                values = [story(number)] if self.spoil is None else self.spoil(number)
                if number % 20 == 19:
                    values.append(stories.encode(stories.kill(number - 1, 9)))
                if self.spoil is None and self.owed:
                    self.say(f"the sender sends again what it had spoilt: {len(self.owed)} stories")
                    for owed in self.owed:
                        whole = story(owed, version="2")
                        await producer.send(topic, whole, key=stories.uri(owed).encode())
                    self.owed.clear()
                for value in values:
                    await producer.send(topic, value, key=stories.uri(number).encode())
        finally:
            await producer.stop()

    # --- what is seen -------------------------------------------------------------------------------------------

    async def fires(self, alert: str, *, told: bool = True) -> None:
        """Waits until Prometheus says that it fires and, with `told`, Alertmanager has told its receiver."""
        while alert not in await self._firing():
            await asyncio.sleep(0.5)
        self.say(f"{alert} fires")
        if told:
            await self.is_told(alert)

    async def is_told(self, alert: str) -> None:
        """Waits until Alertmanager has told its receiver."""
        while not (found := [n for n in self.watch.notices if alert in n.text and not n.resolved]):
            await asyncio.sleep(0.2)
        self.say(f"{alert} has reached: {found[0].to}", at=found[0].at)

    async def is_over(self, alert: str, *, told: bool = False) -> None:
        """Waits until Prometheus says that it no longer fires and, with `told`, Alertmanager has told its receiver."""
        while alert in await self._firing():
            await asyncio.sleep(0.5)
        self.say(f"{alert} is over, {time.time() - self.mended:.0f} s after the repair")
        while told and not (found := [n for n in self.watch.notices if n.resolved and alert in n.text]):
            await asyncio.sleep(0.2)
        if told:
            self.say(f"{found[0].to} were told so", at=found[0].at)

    def repaired(self, how: str) -> None:
        """The fault ends now."""
        self.mended = time.time()
        self.say(f"repair: {how}")

    async def stays_silent(self, alert: str) -> None:
        """That it does not fire now is part of the result."""
        silent = alert not in await self._firing()
        self.failed |= not silent
        self.say(f"{alert} {'is silent, as it should be' if silent else 'fires, and should not'}")

    async def number(self, expression: str) -> float | None:
        """The newest value of an expression."""
        found = await self.watch.series(expression, seconds=5)
        return float(found[0]["values"][-1][1]) if found else None

    async def until_stories_come_out(self) -> None:
        """Asks the worker itself: Prometheus comes by later."""
        done = re.compile(rb'kawat_story_outcomes_total\{outcome="enriched"\} [1-9]')
        async with aiohttp.ClientSession() as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"http://127.0.0.1:{self._port}/metrics") as answer:
                        if done.search(await answer.read()):
                            return self.say("stories come out")
                await asyncio.sleep(0.2)

    async def until(self, expression: str) -> None:
        """Waits until it returns anything."""
        while await self.number(expression) is None:
            await asyncio.sleep(0.5)

    async def _firing(self) -> dict[str, str]:
        return await self.watch.firing()


def _compose() -> dict[str, Any]:
    """Settings of the worker in docker-compose.yml and of its image, by name."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["worker"]
    variables = {**dict(re.findall(r"\b(KAWAT_[A-Z_]+)=(\S+)", dockerfile)), **service["environment"]}
    return {name.removeprefix("KAWAT_").lower(): value for name, value in variables.items()}


def story(number: int, **changed: Any) -> bytes:
    """A story with a time stamp, of one of the outlets."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    outlet = [{"name": OUTLETS[number % 2], "role": "provider"}]
    return stories.encode({**stories.ninjs(number), "versionCreated": made, "infoSources": outlet, **changed})


# --- the faults -------------------------------------------------------------------------------------------------


async def worker(drill: Drill) -> None:
    """The only worker is killed; a kill comes while it is gone."""
    drill.kill_worker()
    drill.breaks("kill -9 the worker")
    await drill.fires("KawatNoWorker")
    drill.start_worker()
    drill.repaired("the worker is started again (docker compose up -d worker)")
    await drill.is_over("KawatNoWorker")
    await drill.fires("KawatKillDelayed", told=False)  # its message waits for the group's next turn


async def broker(drill: Drill) -> None:
    """The broker is stopped; the worker waits for it."""
    drill.paused = True
    await asyncio.sleep(2)
    await asyncio.to_thread(drill.kafka.stop)
    drill.breaks("the broker is stopped")
    await drill.fires("KawatNotReady", told=False)
    busy = await drill.number('rate(process_cpu_seconds_total{job="kawat"}[1m])')
    drill.say(f"the worker waits for it with {busy:.0%} of a core")
    await asyncio.to_thread(drill.kafka.start)
    drill.repaired("the broker is started again (docker compose up -d kafka); the worker is left alone")
    drill.paused = False
    await drill.is_told("KawatNotReady")
    await drill.is_over("KawatNotReady")


async def garbage(drill: Drill) -> None:
    """Every second story of the feed is cut off in the middle."""

    def spoiled(number: int) -> list[bytes]:
        whole = story(number)
        if number % 2 == 0:
            return [whole]
        drill.owed.append(number)
        return [whole[: len(whole) // 2]]

    drill.spoil = spoiled
    drill.breaks("the feed cuts off every second story")
    await drill.fires("KawatDeadLetters")
    await drill.kawat("dlq", "list", "--limit", "3")
    drill.spoil = None
    drill.repaired("the sender is mended; what is cut off stays a letter, a redrive would not make it whole")
    await drill.is_over("KawatDeadLetters", told=True)
    dead = await drill.number('sum(kawat_story_outcomes_total{outcome="dead"})')
    drill.say(f"{dead:.0f} letters in all")


async def pool(drill: Drill) -> None:
    """Stories that never end hold all NLP processes, and kills come all the while."""
    poison = itertools.count()

    def spoiled(number: int) -> list[bytes]:
        return [story(number, uri=f"{HANG}{next(poison)}") if number % 16 == 0 else story(number)]

    drill.spoil = spoiled
    drill.breaks("stories that hang in NLP hold all processes; kills come meanwhile")
    await drill.fires("KawatPoolRestarts")
    slowest = await drill.number("histogram_quantile(1, sum by (le) (kawat_kill_latency_seconds_bucket))")
    kills = await drill.number("sum(kawat_kill_latency_seconds_count)")
    drill.say(f"kills meanwhile: {kills:.0f}, all within {slowest} s")
    await drill.stays_silent("KawatKillDelayed")
    await drill.kawat("dlq", "list", "--reason", "timeout", "--limit", "3")
    drill.spoil = None
    drill.repaired("the feed is stopped; the letters are a developer's")
    await drill.is_over("KawatPoolRestarts", told=True)


async def outlet(drill: Drill) -> None:
    """An outlet's feed brings teasers instead of stories; it fills a 'day' first."""
    await drill.until('outlet:kawat_outlet_yield_per_story:ratio1d_before{what="quotes"} > 0')

    def spoiled(number: int) -> list[bytes]:
        teaser = {"role": "main", "contentType": "text/plain", "value": "Baca selengkapnya di aplikasi kami."}
        if number % 2 == 0:
            return [story(number)]
        drill.owed.append(number)
        return [story(number, bodies=[teaser])]

    drill.spoil = spoiled
    drill.breaks(f"{OUTLETS[1]} sends teasers instead of stories")
    await drill.fires("KawatOutletDrift")
    fell = await drill.watch.series('ALERTS{alertname="KawatOutletDrift", alertstate="firing"}', seconds=5)
    for one in fell:
        drill.say(f"{one['metric']['outlet']}: {one['metric']['what']}")
    await drill.kawat("tap", "articles", "--limit", "2")
    drill.spoil = None
    drill.repaired(f"{OUTLETS[1]} sends stories once more")
    await drill.is_over("KawatOutletDrift", told=True)


FAULTS: dict[str, Callable[[Drill], Awaitable[None]]] = {
    "worker": worker,
    "broker": broker,
    "garbage": garbage,
    "pool": pool,
    "outlet": outlet,
}
FASTER = {"garbage": 15, "pool": 15, "outlet": 120}
RATE = {"outlet": 3.0}


async def run(name: str, save: Path | None, faster: int) -> bool:
    """Whether everything came as it should, and went."""
    limit_s = LIMIT_S * max(1, FASTER.get(name, 1) // faster)
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel if task else lambda: None)
    with tempfile.TemporaryDirectory(prefix="kawat-drill-") as folder, ApacheKafka() as kafka:
        drill = Drill(kafka, Path(folder), torment=name == "pool", faster=faster)
        try:
            async with asyncio.timeout(limit_s), drill.watch:
                await drill.kawat("topics", "create")
                drill.start_worker()
                sending = asyncio.create_task(drill.traffic(RATE.get(name, 4.0)))
                try:
                    await drill.until_stories_come_out()
                    await FAULTS[name](drill)
                    if save:
                        await saved(drill.watch, save, drill.started)
                finally:
                    sending.cancel()
        except TimeoutError:
            drill.say("the time is up")
            drill.failed = True
        finally:
            if drill.worker and drill.worker.poll() is None:
                drill.worker.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    drill.worker.wait(20)
                drill.worker.kill()
            if drill.failed:
                print((Path(folder) / "worker.log").read_text("utf-8", "replace")[-2000:])
        return not drill.failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--save", type=Path, help="keep what the dashboards show in this folder, to draw it")
    parser.add_argument("--faster", type=int, help="divide all durations of rules and routes by this")
    options = parser.parse_args()
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    faster = options.faster or FASTER.get(options.fault, 1)
    return not asyncio.run(run(options.fault, options.save, faster))


if __name__ == "__main__":
    sys.exit(main())
