"""Whether the brokers can be reached and let us in; if not, at which step it ends, and what to do.

aiokafka says only that it could not connect. Here the same steps are gone through one by one: name, port, TLS, login,
first question.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from config.settings import Settings
from consumers.kafka.connection import connection

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far we came with one broker.

    Attributes:
        address: host:port.
        step: the last one tried: "dns", "connect", "tls", "login", "answer".
        problem: what ended it, one line; None when the broker answers.
        advice: what to do about it.
        lasting: it will not mend itself: the settings, the login or a certificate is wrong.
        certificate_ends: when the broker's certificate does.
        brokers: addresses that it names of all brokers of its cluster.
    """

    address: str
    step: str
    problem: str | None = None
    advice: str = ""
    lasting: bool = False
    certificate_ends: datetime | None = None
    brokers: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.address}: {self.problem}: {self.advice}" if self.problem else f"{self.address} answers"


async def reach(settings: Settings) -> list[Reached]:
    """How far we come with each address of the settings, and with each broker that these name.

    Raises:
        NoWayIn: a password or a certificate can't be read.
    """
    client = connection(settings)
    given = [address.strip() for address in settings.bootstrap_servers.split(",")]
    found = await _each(settings, client, given)
    named = {broker for one in found for broker in one.brokers} - set(given)
    return found + await _each(settings, client, sorted(named))


async def obstacle(settings: Settings) -> Reached | None:
    """Why clients can't work: the first broker that can't be used, a lasting problem first; None if all can.

    Of the addresses in the settings one is enough; but every broker that is named by it must be there.

    Raises:
        NoWayIn: a password or a certificate can't be read.
    """
    found = await reach(settings)
    given = len(settings.bootstrap_servers.split(","))
    some = any(one.problem is None for one in found[:given])
    in_the_way = [one for one in (found[given:] if some else found) if one.problem]
    return next((one for one in in_the_way if one.lasting), in_the_way[0] if in_the_way else None)


async def _each(settings: Settings, client: dict[str, Any], addresses: Iterable[str]) -> list[Reached]:
    return list(await asyncio.gather(*(_reach(settings, client, address) for address in addresses)))


async def _reach(settings: Settings, client: dict[str, Any], address: str) -> Reached:
    host, _, port = address.rpartition(":")
    at = Reached(address=address, step="dns")
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return replace(
            at,
            problem=f"the name {host} is not known",
            advice="check bootstrap_servers (or the broker's advertised.listeners), and this machine's DNS",
        )
    at = replace(at, step="connect")
    try:
        async with asyncio.timeout(TIMEOUT_S):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError) as error:
        told = "no answer" if isinstance(error, TimeoutError) else "nothing listens there"
        return replace(at, problem=told, advice="is the broker running, and no firewall in between?")
    writer.close()
    if "ssl_context" in client:
        at = await _shake(replace(at, step="tls"), client["ssl_context"], host.strip("[]"), int(port))
        if at.problem:
            return at
    return await _log_in(settings, client, replace(at, step="login"), host.strip("[]"), int(port))


async def _shake(at: Reached, context: ssl.SSLContext, host: str, port: int) -> Reached:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as error:
        return _tls_problem(at, error)
    ends = writer.get_extra_info("peercert")["notAfter"]
    writer.close()
    return replace(at, certificate_ends=datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC))


def _tls_problem(at: Reached, error: Exception) -> Reached:
    if isinstance(error, ssl.SSLCertVerificationError):
        wrong_name = "match" in error.verify_message
        return replace(
            at,
            problem=f"its certificate is not accepted: {error.verify_message.rstrip('.')}",
            advice="use a name that the certificate holds"
            if wrong_name
            else "set tls_ca_file to the PEM of the authority that signed it",
            lasting=True,
        )
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        told = "that listener does not speak TLS"
        return replace(at, problem=told, advice="set security_protocol as the listener has it", lasting=True)
    if isinstance(error, ConnectionError):
        told = "it ends the connection when TLS begins, as a listener that does not speak TLS"
        return replace(at, problem=told, advice="set security_protocol as the listener has it")
    reason = (error.reason if isinstance(error, ssl.SSLError) else str(error)) or type(error).__name__
    return replace(at, problem=f"TLS fails ({reason})", advice="is this the listener for TLS?", lasting=True)


async def _log_in(settings: Settings, client: dict[str, Any], at: Reached, host: str, port: int) -> Reached:
    more = {key: value for key, value in client.items() if key != "bootstrap_servers"}
    try:
        made = await create_conn(host, port, request_timeout_ms=int(TIMEOUT_S * 1000), **more)
        try:
            answer = await made.send(MetadataRequest([]))
        finally:
            made.close()
    except (SaslAuthenticationFailed, AuthenticationFailedError, UnsupportedSaslMechanismError) as error:
        return _login_problem(settings, at, error)
    # the client asserts what a broker answers to it, and unpacks it: behind the port may be something else
    except (KafkaError, OSError, TimeoutError, AssertionError, ValueError) as error:
        return _talk_problem(settings, at, error)
    if not answer.brokers:  # what a broker answers to those that it has not let in
        return _login_problem(settings, at)
    brokers = tuple(f"{broker[1]}:{broker[2]}" for broker in answer.brokers)
    return replace(at, step="answer", brokers=brokers)


def _login_problem(settings: Settings, at: Reached, error: KafkaError | None = None) -> Reached:
    if isinstance(error, AuthenticationFailedError):  # the token command's own words
        return replace(at, problem=str(error), advice="see sasl_token_command", lasting=True)
    if isinstance(error, UnsupportedSaslMechanismError):
        told = f"it does not take {settings.sasl_mechanism}"
        return replace(at, problem=told, advice="set sasl_mechanism to one of the listener's", lasting=True)
    if not settings.security_protocol.startswith("SASL_"):
        told = f"that listener wants a login, and security_protocol is {settings.security_protocol}"
        return replace(at, problem=told, advice="set it as the listener has it", lasting=True)
    if settings.sasl_mechanism == "OAUTHBEARER":
        who, advice = "the token", "is it for this broker, and not expired? see sasl_token_command"
    else:
        who = f"the login of {settings.sasl_username} by {settings.sasl_mechanism}"
        advice = "check sasl_username, the password, and sasl_mechanism"
    return replace(at, problem=f"it refuses {who}", advice=advice, lasting=True)


def _talk_problem(settings: Settings, at: Reached, error: Exception) -> Reached:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLError):
        told = f"it does not accept our certificate ({cause.reason or 'TLS alert'})"
        advice = "set tls_certificate_file and tls_key_file to a pair that the broker's authority has signed"
        return replace(at, step="tls", problem=told, advice=advice, lasting=True)
    if isinstance(error, TimeoutError):
        return replace(at, problem="no answer to the first request", advice="is the broker overloaded?")
    if isinstance(error, ValueError):  # SCRAM: the server's proof does not fit
        told = "it could not prove that it knows the password"
        return replace(at, problem=told, advice="is this your broker?", lasting=True)
    advice = (
        f"does the listener want TLS or a login? security_protocol is {settings.security_protocol}; "
        "or the broker was just stopping"
    )
    return replace(at, problem="it ends the connection at once", advice=advice)
