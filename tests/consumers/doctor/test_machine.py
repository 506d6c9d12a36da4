from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from config.settings import Settings
from consumers.doctor import machine
from consumers.doctor.finding import Status
from consumers.telemetry import memory


def statuses(findings):
    return [finding.status for finding in findings]


def test_settings_are_told_with_the_files_and_variables_that_made_them():
    (found,) = machine.settings_of(
        Settings(), {"group": "KAWAT_GROUP", "partitions": "default", "a": "kawat.yaml"}
    )
    assert found.found == "from KAWAT_GROUP, kawat.yaml"


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o600, Status.OK), (0o644, Status.WARN), (0o640, Status.WARN)]
)
def test_a_password_that_others_can_read_is_told(tmp_path, mode, expected):
    file = tmp_path / "password"
    file.write_text("hunter2")
    file.chmod(mode)
    settings = Settings(security_protocol="SASL_SSL", sasl_username="kawat", sasl_password_file=file)
    found = list(machine.settings_of(settings, {}))
    assert found[-1].status is expected
    assert "hunter2" not in str(found)


def test_a_password_that_travels_readable_is_told():
    login = {"sasl_mechanism": "PLAIN", "sasl_username": "kawat", "sasl_password": "hunter2"}
    found = machine.settings_of(Settings(security_protocol="SASL_PLAINTEXT", **login), {})
    assert statuses(found) == [Status.OK, Status.WARN]


@pytest.fixture
def ours(tmp_path):
    """A key, and a certificate that is good for a hundred days."""
    file = tmp_path / "ours.pem"
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    what = ["-subj", "/CN=kawat", "-days", "100", "-out", str(file), "-keyout", str(file)]
    subprocess.run([*new, *what], check=True, capture_output=True)
    return Settings(security_protocol="SSL", tls_certificate_file=file)


@pytest.mark.parametrize(("days", "expected"), [(0, Status.OK), (90, Status.WARN), (101, Status.FAIL)])
def test_a_certificate_that_ends_soon_is_told(ours, days, expected):
    now = datetime.now(UTC)
    (found,) = machine.certificate(ours, now + timedelta(days=days))
    assert found.status is expected
    assert f"until {now + timedelta(days=100):%Y-%m-%d}" in found.found


def test_the_end_of_a_certificate_of_long_life_is_understood():
    sequence = bytes.fromhex("3020170d") + b"261124060000Z" + bytes.fromhex("180f") + b"20600102030405Z"
    assert machine._ends(b"\x02\x01\x07" + sequence) == datetime(2060, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_without_a_certificate_nothing_is_said_of_it(tmp_path):
    assert list(machine.certificate(Settings(), datetime.now(UTC))) == []
    (tmp_path / "ours.pem").write_text("not a certificate")
    settings = Settings(tls_certificate_file=tmp_path / "ours.pem")
    assert list(machine.certificate(settings, datetime.now(UTC))) == []


def test_a_folder_that_is_not_there_yet_is_looked_for_above(tmp_path):
    found = machine.disk(Settings(state_dir=tmp_path / "not" / "yet"))
    assert str(tmp_path) in found.found
    assert "yet" not in found.found


@pytest.mark.parametrize(("free", "expected"), [(5e9, Status.OK), (5e8, Status.WARN), (5e7, Status.FAIL)])
def test_a_disk_that_is_nearly_full_is_told(monkeypatch, free, expected):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert machine.disk(Settings()).status is expected


@pytest.mark.parametrize(
    ("limit", "expected"), [(4e9, Status.OK), (1e9, Status.WARN), (None, Status.UNKNOWN)]
)
def test_memory_must_hold_the_worst_case(monkeypatch, limit, expected):
    monkeypatch.setattr(memory, "limit_bytes", lambda: limit)
    assert machine.memory_of(Settings(pool_size=2, story_memory_mb=512), 200.0).status is expected


async def test_a_model_that_can_t_be_loaded_is_told(monkeypatch):
    monkeypatch.setattr(Settings, "chain", "no.such.module:load")
    found = [finding async for finding in machine.model(Settings())]
    assert found[0].status is Status.FAIL
    assert "no.such.module" in found[0].found or "module" in found[0].found


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [(200, "ok\n", Status.OK), (503, "no assignment\n", Status.WARN), (404, "what?", Status.WARN)],
)
@pytest.mark.parametrize("role", machine.PORTS)
async def test_who_is_on_the_port_is_told(role, code, text, expected):
    async def answer(_):
        return web.Response(status=code, text=text)

    app = web.Application()
    app.router.add_get("/readyz", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    setting, who = machine.PORTS[role]
    settings = Settings(**{setting: runner.addresses[0][1]})
    try:
        found = await machine.port(settings, role)
    finally:
        await runner.cleanup()
    assert found.status is expected
    assert code != 503 or "no assignment" in found.found
    assert (await machine.port(settings, role)).found.endswith(f"is free: {who} does not run here")
