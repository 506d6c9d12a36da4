"""A broker that lets nobody in without TLS or a login, users of it, and what they may do."""

from __future__ import annotations

import base64
import json
import shlex
import sys
import time

import pytest

from bench.wire import create_topics
from config.settings import Settings
from consumers.kafka import rights
from tests.broker.guarded import PASSWORD, USERS, guarded, nothing_missing, until


@pytest.fixture(scope="session")
def broker(request, tmp_path_factory):
    made = guarded(request.config.getoption("--kafka-version"), tmp_path_factory.mktemp("guarded"))
    with made.kafka:
        yield made


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Writes a secret to a file of its own."""
    folder = tmp_path_factory.mktemp("secrets")

    def write(text):
        path = folder / f"{time.monotonic_ns()}"
        path.write_text(text + "\n")
        return path

    return write


def _token(subject, **more):
    """A token that the broker takes without a signature, as it does unless it is told of an issuer."""
    now = int(time.time())
    parts = [{"alg": "none"}, {"sub": subject, "iat": now, "exp": now + 600, **more}]
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*told, ""])


@pytest.fixture(scope="session")
def token_command():
    """A command that prints a token of a user; further claims by name."""

    def command(subject, **more):
        return shlex.join([sys.executable, "-c", f"print({_token(subject, **more)!r})"])

    return command


@pytest.fixture
def ways(broker, files, token_command):
    """Settings of each way in, that are right."""
    login = {
        "bootstrap_servers": broker.way("LOGIN"),
        "security_protocol": "SASL_SSL",
        "tls_ca_file": broker.authority.certificate,
        "sasl_username": "kawat",
    }
    client = broker.authority.sign("kawat")
    token = {"sasl_mechanism": "OAUTHBEARER", "sasl_token_command": token_command("kawat")}
    return {
        "plain": login | {"sasl_mechanism": "PLAIN", "sasl_password": PASSWORD},
        "scram-256": login | {"sasl_mechanism": "SCRAM-SHA-256", "sasl_password": "scram-256"},
        "scram-512": login | {"sasl_password_file": files("scram-512")},
        "token": login | token,
        "clear": {
            "bootstrap_servers": broker.way("CLEAR"),
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_username": "kawat",
            "sasl_password": "scram-512",
        },
        "certificate": {
            "bootstrap_servers": broker.way("CERT"),
            "security_protocol": "SSL",
            "tls_ca_file": broker.authority.certificate,
            "tls_certificate_file": client.certificate,
            "tls_key_file": client.key,
        },
    }


@pytest.fixture
async def owner(broker, own):
    """Settings of who owns this test's topics, and may do everything."""
    made = own(broker.kafka.bootstrap, partitions=2)
    await create_topics(made)
    return made


@pytest.fixture(scope="session")
def _unused():
    return iter(USERS)


@pytest.fixture
def user(broker, owner, _unused):
    """Settings of a user who may do nothing, anew with each call."""

    def user():
        way_in = {
            "bootstrap_servers": broker.way("LOGIN"),
            "security_protocol": "SASL_SSL",
            "tls_ca_file": broker.authority.certificate,
            "sasl_mechanism": "PLAIN",
            "sasl_username": next(_unused),
            "sasl_password": PASSWORD,
        }
        return Settings(**owner.model_dump() | way_in)

    return user


@pytest.fixture
def granted(broker, user):
    """Settings of a user who may do what is given: a role of `rights.ROLES`, or what makes rights from settings."""

    async def granted(what):
        settings = user()
        wanted = rights.ROLES[what](settings) if isinstance(what, str) else what(settings)
        await broker.grant(settings.sasl_username, wanted)
        seen = [right for right in wanted if right.needed or isinstance(what, str)]
        await until(lambda: nothing_missing(settings, seen))
        return settings

    return granted
