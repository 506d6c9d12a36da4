"""What every Kafka client is told: where the brokers are, and how to get in (docs/security.md)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings import Settings
from consumers.kafka.token_command import provider


class NoWayIn(Exception):
    """A password, a key or a certificate can't be read; the message names the setting, never the secret."""


def connection(settings: Settings) -> dict[str, Any]:
    """Arguments of any aiokafka client: brokers, protocol, TLS, login.

    Passwords are read anew each time, and so are certificates whose files have changed: all clients of a process
    share one TLS context, so that those who are long connected use renewed certificates when they connect again.

    Raises:
        NoWayIn: a file that a setting names can't be read, or is not what it should be.
    """
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.endswith("SSL"):
        arguments["ssl_context"] = tls_context(settings)
    if settings.security_protocol.startswith("SASL_"):
        arguments["sasl_mechanism"] = settings.sasl_mechanism
        if settings.sasl_mechanism == "OAUTHBEARER":
            assert settings.sasl_token_command is not None  # noqa: S101 - the settings see to it
            arguments["sasl_oauth_token_provider"] = provider(settings.sasl_token_command)
        else:
            arguments["sasl_plain_username"] = settings.sasl_username
            arguments["sasl_plain_password"] = password(settings)
    return arguments


def password(settings: Settings) -> str:
    """The password of PLAIN and SCRAM.

    Raises:
        NoWayIn: its file can't be read, or is empty.
    """
    if settings.sasl_password is not None:
        return settings.sasl_password.get_secret_value()
    assert settings.sasl_password_file is not None  # noqa: S101 - the settings see to it
    return _secret(settings.sasl_password_file, "sasl_password_file")


def _secret(path: Path, setting: str) -> str:
    try:
        # editors and shells end a file with a newline, and no password does
        secret = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NoWayIn(f"{setting}: {path}: {_reason(error)}") from None
    if not secret:
        raise NoWayIn(f"{setting}: {path} is empty")
    return secret


# --- TLS ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Shared:
    """The context of a set of files, and when these were last changed (nanoseconds since 1970)."""

    context: ssl.SSLContext
    changed: tuple[int, ...]


_contexts: dict[tuple[Path | None, ...], _Shared] = {}


def tls_context(settings: Settings) -> ssl.SSLContext:
    """The process's TLS context for these settings: brokers are verified, their host names too.

    Raises:
        NoWayIn: a file can't be read, or is not what it should be.
    """
    files = (
        settings.tls_ca_file,
        settings.tls_certificate_file,
        settings.tls_key_file,
        settings.tls_key_password_file,
    )
    changed = tuple(_changed(file) for file in files)
    shared = _contexts.get(files)
    if shared is None:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        shared = _Shared(context, ())
    if shared.changed != changed:
        _load(shared.context, settings)
        shared.changed = changed
        _contexts[files] = shared
    return shared.context


def _changed(file: Path | None) -> int:
    try:
        return 0 if file is None else file.stat().st_mtime_ns
    except OSError:
        return -1  # reading it says why


def _load(context: ssl.SSLContext, settings: Settings) -> None:
    if settings.tls_ca_file:
        try:
            context.load_verify_locations(cadata=settings.tls_ca_file.read_text("ascii"))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise NoWayIn(f"tls_ca_file: {settings.tls_ca_file}: {_reason(error)}") from None
    if certificate := settings.tls_certificate_file:
        key = settings.tls_key_file
        secret = (
            _secret(settings.tls_key_password_file, "tls_key_password_file")
            if settings.tls_key_password_file
            else ""  # without one OpenSSL would ask at the terminal
        )
        try:
            context.load_cert_chain(certificate, key, password=secret)
        except (OSError, ValueError) as error:
            names = "tls_certificate_file" + (", tls_key_file" if key else "")
            where = f"{certificate}, {key}" if key else str(certificate)
            raise NoWayIn(f"{names}: {where}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Why a file was no good, in words that hold nothing of it."""
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "certificate and key do not belong together"
        return f"not readable as PEM ({error.reason or 'a wrong or missing password of the key'})"
    if isinstance(error, OSError):
        return error.strerror or "can't be read"
    return "not readable as text"
