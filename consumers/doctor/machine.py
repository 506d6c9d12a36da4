"""This machine: settings and their files, disk, memory, the metrics' port, the model."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from config.settings import Settings
from consumers.doctor.finding import Finding, fail, ok, unknown, warn
from consumers.kafka.rights import Role
from consumers.pool.keeper import PoolFailed
from consumers.pool.pool import Pool
from consumers.telemetry import memory

GB = 1e9
DISK_FAIL_GB, DISK_WARN_GB = 0.1, 1.0
PORTS: dict[Role, tuple[str, str]] = {
    "worker": ("http_port", "a worker"),
    "insights": ("insights_http_port", "an insights process"),
    "live": ("live_http_port", "a live page"),
}
CONSUMER_MB = 150  # the process that talks to Kafka
ENDS_SOON = timedelta(days=14)
_HTTP_S = 3.0
_PEM = "-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----"  # the first is ours, the others signed it
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


def settings_of(settings: Settings, origin: dict[str, str]) -> Iterator[Finding]:
    """Where the settings are from, and whether secrets are kept."""
    places = sorted({place for place in origin.values() if place not in {"default", "command line"}})
    yield ok("settings", f"from {', '.join(places)}" if places else "all are defaults")
    if settings.security_protocol == "SASL_PLAINTEXT" and settings.sasl_mechanism in ("PLAIN", "OAUTHBEARER"):
        told = "passwords and tokens travel readable"
        yield warn("settings", told, "use SASL_SSL, or SCRAM")
    for key in ("sasl_password_file", "tls_key_file", "tls_key_password_file"):
        path: Path | None = getattr(settings, key)
        if path is not None and path.exists() and path.stat().st_mode & _PRIVATE & ~stat.S_IXGRP:
            yield warn("settings", f"others can read {path} ({key})", f"chmod 600 {path}")


def certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Until when our own certificate is good; nothing when there is none. A file that can't be read is told elsewhere."""
    path = settings.tls_certificate_file
    try:
        found = re.search(_PEM, path.read_text("ascii"), re.DOTALL) if path else None
        ends = _ends(ssl.PEM_cert_to_DER_cert(found[0])) if found else None
    except (OSError, ValueError):
        return
    if ends is None:
        return
    told = f"ours ({path}) until {ends:%Y-%m-%d}"
    if ends < now:
        yield fail("certificate", told, "it is over: renew it")
    elif ends - now < ENDS_SOON:
        yield warn("certificate", told, "renew it; workers take up the new file by themselves")
    else:
        yield ok("certificate", told)


def _ends(der: bytes) -> datetime | None:
    """A certificate's end, from its encoding (RFC 5280): two times in a sequence, years of two digits until 2049."""
    found = re.search(rb"\x30[\x1e\x20\x22](?:\x17\x0d|\x18\x0f)\d+Z(?:\x17\x0d|\x18\x0f)(\d+)Z", der)
    if not found:
        return None
    text = found[1].decode()
    return datetime.strptime(text if len(text) == 14 else f"20{text}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def disk(settings: Settings) -> Finding:
    """Whether the ledger's copies have a place to live."""
    folder = settings.state_dir or Path(tempfile.gettempdir())
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return fail("disk", f"{there} can't be written to", "let the worker write there, or set state_dir")
    free = shutil.disk_usage(there).free / GB
    told = f"{free:.1f} GB free at {there}"
    if free < DISK_WARN_GB:
        return (fail if free < DISK_FAIL_GB else warn)("disk", told, "make room, or set state_dir elsewhere")
    return ok("disk", told)


def memory_of(settings: Settings, loaded_mb: float | None) -> Finding:
    """Whether the worst case fits: the model once, and a story of the largest kind in each process.

    Args:
        settings: `pool_size`, `story_memory_mb`.
        loaded_mb: memory of one process with the model; None when it is not known.
    """
    limit = memory.limit_bytes()
    if limit is None or loaded_mb is None:
        return unknown("memory", "this system does not tell")
    processes = settings.pool_size or os.cpu_count() or 1
    need = CONSUMER_MB + loaded_mb + processes * settings.story_memory_mb
    told = f"{limit / 1e6:.0f} MB here, at worst {need:.0f} MB for {processes} processes"
    if need > limit / 1e6:
        return warn("memory", told, "set pool_size or story_memory_mb lower, or raise the container's limit")
    return ok("memory", told)


async def port(settings: Settings, role: Role) -> Finding:
    """Who is on the metrics' port of a role of `PORTS`: it, nobody, or somebody else."""
    setting, who = PORTS[role]
    number: int = getattr(settings, setting)
    where = f"{settings.http_host}:{number}"
    if number == 0:
        return ok("port", "any free one")
    try:
        timeout = aiohttp.ClientTimeout(total=_HTTP_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"http://{where}/readyz") as answer,
        ):
            said = (await answer.text()).strip().splitlines()
    except aiohttp.ClientConnectorError:
        return ok("port", f"{where} is free: {who} does not run here")
    except (aiohttp.ClientError, TimeoutError):
        return warn("port", f"{where} is taken by something else", f"set {setting}")
    if answer.status == 200:
        return ok("port", f"{who} at {where} is ready")
    if answer.status == 503:
        return warn("port", f"{who} at {where} is not ready: {'; '.join(said)[:200]}", "see its log")
    return warn("port", f"{where} is taken by something else", f"set {setting}")


async def model(settings: Settings) -> AsyncIterator[Finding]:
    """Loads the model as a worker does, and says what it takes; then whether memory is enough."""
    pool = Pool(
        settings.chain,
        size=1,
        story_timeout_s=settings.story_timeout_s,
        story_memory_mb=settings.story_memory_mb,
    )
    before, started = memory.used_bytes(), time.monotonic()
    loaded_mb = None
    try:
        await pool.start()
        await pool.ready()
        after = memory.used_bytes()
        loaded_mb = None if before is None or after is None else (after - before) / 1e6
        size = "" if loaded_mb is None else f", takes {loaded_mb:.0f} MB"
        yield ok("model", f"{settings.model} loads in {time.monotonic() - started:.1f} s{size}")
    except PoolFailed as error:
        yield fail("model", str(error), "is the installation whole? `pip install --force-reinstall kawat`")
    finally:
        await pool.stop()
    yield memory_of(settings, loaded_mb)
