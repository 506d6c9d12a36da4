"""A broker that lets nobody in without TLS, and certificates for both sides, made anew; what is done there."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

from bench.apache_kafka import ApacheKafka, Guard, free_port
from bench.wire import read_all
from config.topics import RAW
from consumers.kafka import allowed

CHAIN = "tests.broker.gated:Gated"
STORY = orjson.dumps({"uri": "urn:a", "version": 1, "title": "Hujan", "text": "Hujan turun di Bogor."})
PASSWORD = 'p4ss "word" = ü'
USERS = [f"user{number}" for number in range(50)]
_KINDS = {"topic": 2, "group": 3, "transactional-id": 5}
_OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}

PROPERTIES = """
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,CLEAR:SASL_PLAINTEXT,CERT:SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
ssl.keystore.type=PEM
ssl.keystore.location={broker}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
listener.name.cert.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=(.*?)$/$1/
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:boss
listener.name.clear.scram-sha-256.connections.max.reauth.ms=2000
"""
LOGIN = """
listener.name.{listener}.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required {users};
listener.name.{listener}.scram-sha-256.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.oauthbearer.sasl.jaas.config=\\
  org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \\
  unsecuredLoginStringClaim_sub="broker";
"""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, both PEM; `both` holds the two."""

    certificate: Path
    key: Path
    both: Path


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)  # noqa: S607 - wherever it is


class Authority:
    """Signs certificates."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self.certificate, self._key = self._folder / "ca.pem", self._folder / "ca.key"
        more = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"]
        self._make(self.certificate, self._key, name, *more)

    def _make(self, certificate: Path, key: Path, name: str, *more: str) -> None:
        openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"),
            *("-subj", f"/CN={name}", "-days", "2", "-out", str(certificate), "-keyout", str(key), *more),
        )

    def sign(self, name: str, *, addresses: str = "IP:127.0.0.1") -> Pair:
        """A certificate for a broker or a client of this common name."""
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        signer = ["-CA", str(self.certificate), "-CAkey", str(self._key)]
        self._make(certificate, key, name, *signer, "-addext", f"subjectAltName={addresses}")
        both = self._folder / f"{name}-both.pem"
        both.write_text(key.read_text() + certificate.read_text())
        return Pair(certificate, key, both)


@dataclass(frozen=True)
class Guarded:
    """The broker and its ways in, each host:port."""

    kafka: ApacheKafka
    authority: Authority
    stranger: Authority
    ports: dict[str, int]

    def way(self, listener: str) -> str:
        return f"127.0.0.1:{self.ports[listener]}"

    async def grant(self, user: str, rights) -> None:
        """Gives a user these rights, and waits until the broker knows them."""
        client = AIOKafkaClient(bootstrap_servers=self.kafka.bootstrap)
        await client.bootstrap()
        try:
            for right in rights:
                pattern = 4 if right.prefixed else 3
                request = CreateAclsRequest(
                    _KINDS[right.kind],
                    right.name,
                    pattern,
                    f"User:{user}",
                    "*",
                    _OPERATIONS[right.operation],
                    3,
                )
                answer = await client.send(client.get_random_node(), request)
                assert answer.creation_responses[0][0] == 0
        finally:
            await client.close()


def guarded(version: str, folder: Path) -> Guarded:
    """The broker, not started."""
    authority, stranger = Authority(folder, "authority"), Authority(folder, "stranger")
    ports = {name: free_port() for name in ("LOGIN", "CLEAR", "CERT")}
    escaped = PASSWORD.replace('"', r'\\"').encode("ascii", "backslashreplace").decode()
    escaped = escaped.replace(r"\x", r"\u00")  # as Java writes it
    users = " ".join(f'user_{name}="{escaped}"' for name in ("kawat", "boss", *USERS))
    properties = PROPERTIES.format(broker=authority.sign("broker").both, authority=authority.certificate)
    logins = "".join(LOGIN.format(listener=name, users=users) for name in ("login", "clear"))
    scram = tuple(
        f"SCRAM-SHA-{bits}=[name=kawat,iterations=4096,password=scram-{bits}]" for bits in (256, 512)
    )
    guard = Guard(ports, properties + logins, scram)
    return Guarded(ApacheKafka(version, guard=guard), authority, stranger, ports)


async def until(condition, *, seconds: float = 30.0):
    """Waits for what a coroutine says to be true, and gives it."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # noqa: ASYNC110 - the broker changes it, no event tells
            await asyncio.sleep(0.05)
        return found


async def nothing_missing(settings, wanted) -> bool:
    """Whether a user has these rights."""
    return not await allowed.missing(settings, wanted)


async def send(settings, *values: bytes) -> None:
    """Raw records, to the first partition."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    for value in values:
        await producer.send_and_wait(settings.topic(RAW.name), value, partition=0)
    await producer.stop()


async def holds(settings, topic, count: int) -> bool:
    """Whether so many committed records are in a topic."""
    return len(await read_all(settings.bootstrap_servers, settings.topic(topic.name))) == count
