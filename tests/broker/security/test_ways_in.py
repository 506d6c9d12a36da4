"""Ways into a real Apache Kafka with TLS and logins; what is wrong with one is told."""

from __future__ import annotations

import asyncio
import sys

import pytest
from aiokafka import AIOKafkaProducer

from bench.wire import create_topics, read_all
from config.settings import Settings
from config.topics import RAW
from consumers.kafka import allowed, rights
from consumers.kafka.connection import NoWayIn, connection
from consumers.kafka.reach import obstacle, reach
from consumers.worker import Worker, WorkerFailed
from tests.broker.guarded import CHAIN, PASSWORD, STORY, nothing_missing, until

WAYS = ["plain", "scram-256", "scram-512", "token", "clear", "certificate"]


@pytest.mark.parametrize("way", WAYS)
async def test_each_way_leads_in(ways, way):
    settings = Settings(**ways[way])
    found = await reach(settings)
    assert [(one.step, one.problem) for one in found] == [("answer", None)]
    assert (found[0].certificate_ends is not None) == settings.security_protocol.endswith("SSL")
    assert await obstacle(settings) is None


@pytest.mark.parametrize("way", WAYS)
async def test_the_broker_knows_who_came_by_each_way(broker, ways, way):
    """What only this user may do, is done."""
    settings = Settings(**ways[way], topic_prefix=f"{way}.")
    await create_topics(settings.model_copy(update={"bootstrap_servers": broker.kafka.bootstrap}))
    raw = settings.topic(RAW.name)
    granted = rights.feed(settings)
    assert await allowed.missing(settings, granted) == granted
    await broker.grant("kawat", granted)
    await until(lambda: nothing_missing(settings, granted))
    producer = AIOKafkaProducer(**connection(settings))
    await producer.start()
    await producer.send_and_wait(raw, STORY)
    await producer.stop()
    assert [record.value for record in await read_all(broker.kafka.bootstrap, raw)] == [STORY]


WRONG = {
    "a wrong password": ("scram-512", {"sasl_password_file": "wrong"}, "refuses the login of kawat by SCRAM"),
    "a wrong password of PLAIN": ("plain", {"sasl_password": "wrong"}, "refuses the login of kawat by PLAIN"),
    "an unknown user": ("scram-512", {"sasl_username": "nobody"}, "refuses the login of nobody"),
    "a token that is over": ("token", {"sasl_token_command": "old"}, "refuses the token"),
    "a command that fails": ("token", {"sasl_token_command": "false"}, "failed with exit code 1"),
    "a command that isn't there": ("token", {"sasl_token_command": "no-such-thing"}, "can't be started"),
    "an unknown authority": ("scram-512", {"tls_ca_file": None}, "certificate is not accepted"),
    "another authority": ("scram-512", {"tls_ca_file": "stranger"}, "set tls_ca_file"),
    "a name that the certificate lacks": ("scram-512", {"bootstrap_servers": "localhost"}, "a name that the"),
    "no certificate of ours": (
        "certificate",
        {"tls_certificate_file": None, "tls_key_file": None},
        "does not accept our certificate",
    ),
    "a stranger's certificate": ("certificate", {"tls_certificate_file": "stranger"}, "does not accept our"),
    "no TLS where TLS is wanted": ("scram-512", {"security_protocol": "SASL_PLAINTEXT"}, "security_protocol"),
    "TLS where there is none": ("clear", {"security_protocol": "SASL_SSL"}, "does not speak TLS"),
    "no login where one is wanted": ("clear", {"security_protocol": "PLAINTEXT"}, "security_protocol is"),
}


@pytest.fixture
def wrong(broker, ways, files, token_command):
    """Settings of a way in, with something wrong about them."""

    def settings(what):
        way, changes, _ = WRONG[what]
        values = ways[way] | changes
        if values.get("sasl_password_file") == "wrong":
            values["sasl_password_file"] = files("wrong")
        if values.get("sasl_token_command") == "old":
            values["sasl_token_command"] = token_command("kawat", iat=1_000, exp=2_000)
        if values.get("tls_ca_file") == "stranger":
            values["tls_ca_file"] = broker.stranger.certificate
        if values.get("tls_certificate_file") == "stranger":
            pair = broker.stranger.sign("kawat")
            values |= {"tls_certificate_file": pair.both, "tls_key_file": None}
        if values["bootstrap_servers"] == "localhost":
            values["bootstrap_servers"] = broker.way("LOGIN").replace("127.0.0.1", "localhost")
        return values

    return settings


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_told_in_one_line_that_holds_no_secret(wrong, what):
    told = str(await obstacle(Settings(**wrong(what))))
    assert WRONG[what][2] in told
    assert len(told.splitlines()) == 1
    assert not [secret for secret in (PASSWORD, "scram-512", "wrong", "eyJ") if secret in told]


@pytest.mark.parametrize("what", ["a wrong password", "a stranger's certificate", "another authority"])
async def test_commands_and_workers_tell_it_too(wrong, what, tmp_path, capfd):
    values = wrong(what)
    pairs = [f"--set={key}={value}" for key, value in values.items() if value is not None]
    command = [sys.executable, "-c", "from consumers.cli import main; main()", "topics", "describe", *pairs]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=tmp_path
    )
    out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert WRONG[what][2] in err.decode()
    assert len(err.splitlines()) == 1
    with pytest.raises(WorkerFailed, match=WRONG[what][2].replace("'", ".")):
        await Worker(Settings(**values, http_port=0, pool_size=1), chain=CHAIN).run()
    assert PASSWORD not in "".join(capfd.readouterr())


async def test_the_password_is_read_again_when_its_file_has_changed(ways):
    settings = Settings(**ways["scram-512"])
    file = settings.sasl_password_file
    file.write_text("wrong")
    assert (await obstacle(settings)).step == "login"
    file.write_text("scram-512")
    assert await obstacle(settings) is None


async def test_renewed_certificates_serve_clients_that_are_there_already(broker, ways, tmp_path):
    pair = tmp_path / "ours.pem"
    pair.write_text(broker.stranger.sign("old").both.read_text())
    settings = Settings(**ways["certificate"] | {"tls_certificate_file": pair, "tls_key_file": None})
    context = connection(settings)["ssl_context"]
    assert "our certificate" in str(await obstacle(settings))
    pair.write_text(broker.authority.sign("new").both.read_text())
    assert connection(settings)["ssl_context"] is context
    assert await obstacle(settings) is None


@pytest.mark.parametrize("key", ["tls_ca_file", "tls_certificate_file", "tls_key_file"])
async def test_a_file_that_is_no_certificate_is_named(ways, tmp_path, key):
    path = tmp_path / "not.pem"
    path.write_text("not a certificate\n")
    with pytest.raises(NoWayIn, match=f"{key}.*not.pem.*PEM"):
        connection(Settings(**ways["certificate"] | {key: path}))
    path.unlink()
    with pytest.raises(NoWayIn, match=f"{key}.*not.pem.*No such file"):
        connection(Settings(**ways["certificate"] | {key: path}))
