"""Typed settings: defaults < kawat.yaml < environment KAWAT_* < command line.

The only place that reads the environment. A wrong value is a `SettingsError` that names the key, the value and
what is allowed. A secret comes from the environment or from a file of its own, and no message shows it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "KAWAT_"
DEFAULT_FILE = Path("kawat.yaml")
SECRETS = frozenset({"sasl_password"})  # never shown, and taken from the environment or a file only

CHAINS = {
    "accurate": "processors.encoder.chain:accurate",
    "fast": "processors.encoder.chain:fast",
    "rules": "processors.enrich:Chain.load",
}


class SettingsError(Exception):
    """The configuration is wrong; the message names key, value, and what is allowed."""


class Settings(BaseSettings):
    """Everything that can be changed without touching code. Times carry their unit in the name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # Kafka
    bootstrap_servers: str = Field(
        "127.0.0.1:9092", description="host:port of one or more brokers, by commas"
    )
    group: str = Field(
        "kawat", min_length=1, description="consumer group; also the prefix of transactional ids"
    )
    instance_id: str | None = Field(None, description="static membership: a name that survives a restart")
    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", description="put before each topic's name")
    partitions: int = Field(6, ge=1, le=10_000, description="partitions of each topic when created")
    replication_factor: int = Field(1, ge=1, description="copies of each partition when created")
    session_timeout_ms: int = Field(
        10_000, ge=1_000, description="a member silent for so long is out of the group"
    )
    transaction_timeout_ms: int = Field(
        60_000, ge=1_000, description="the broker aborts a longer transaction"
    )
    drain_timeout_ms: int = Field(5_000, ge=0, description="how long a lane may finish its work when revoked")

    # how to get in: docs/security.md
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="SSL: encrypted; SASL: with a login; as the broker's listener has it"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = Field(
        "SCRAM-SHA-512", description="how the login is proved"
    )
    sasl_username: str | None = Field(None, min_length=1, description="user of PLAIN and SCRAM")
    sasl_password: SecretStr | None = Field(
        None, description="their password, from the environment only; or use sasl_password_file"
    )
    sasl_password_file: Path | None = Field(None, description="file that holds nothing but the password")
    sasl_token_command: str | None = Field(
        None, min_length=1, description="for OAUTHBEARER: a program (no shell) that prints a token"
    )
    tls_ca_file: Path | None = Field(
        None, description="PEM of who signs the brokers' certificates; none: the system's authorities"
    )
    tls_certificate_file: Path | None = Field(None, description="PEM of our own certificate, for mutual TLS")
    tls_key_file: Path | None = Field(
        None, description="PEM of its key; none: it stands in tls_certificate_file"
    )
    tls_key_password_file: Path | None = Field(
        None, description="file with the key's password, if it has one"
    )

    # the work
    model: Literal["accurate", "fast", "rules"] = Field(
        "accurate",
        description="accurate: the trained encoder with the rules; fast: a smaller one, a third of the work; rules: they alone",
    )
    batch_stories: int = Field(64, ge=1, le=1_000, description="most raw records in one batch of one lane")
    pool_size: int = Field(0, ge=0, le=256, description="NLP processes; 0: one a core")
    story_timeout_s: float = Field(10.0, gt=0, description="a story that takes longer is dead-lettered")
    story_memory_mb: int = Field(512, ge=64, description="memory a story may take beyond the loaded models")
    max_story_bytes: int = Field(2_000_000, ge=1_000, description="a larger raw payload is dead-lettered")
    max_record_bytes: int = Field(
        4_000_000, ge=10_000, description="a story whose enriched record is larger is dead-lettered"
    )
    outlets_dir: Path | None = Field(
        None, description="folder of outlets' profiles of one's own, which add to the shipped ones"
    )
    state_dir: Path | None = Field(
        None, description="where the ledger's local copy lives; none: a temporary folder"
    )

    # the insights
    insights_baseline_h: int = Field(
        72, ge=24, le=720, description="hours before a window that say what is usual for an entity"
    )
    insights_tick_s: float = Field(
        10.0, ge=0.1, description="how often the insights look for what has cooled"
    )
    insights_keep_h: int = Field(
        72, ge=1, le=720, description="hours for which the insights keep what a story quotes, and its likes"
    )
    insights_web_host: str = Field(
        "127.0.0.1", description="address of GET /speakers; there is no login: whoever reaches it may read"
    )
    insights_web_port: int = Field(0, ge=0, le=65_535, description="its port; 0: none")
    insights_web_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="how other members of the group reach it; none: host and port as above",
    )

    # the watchers
    http_host: str = Field("127.0.0.1", description="address of /metrics, /healthz, /readyz")
    http_port: int = Field(9464, ge=0, le=65_535, description="their port; 0: any free one")
    insights_http_port: int = Field(
        9466, ge=0, le=65_535, description="the same of `kawat insights`; 0: any free one"
    )
    live_http_port: int = Field(
        9467, ge=0, le=65_535, description="the same of `kawat live`; the page has a port of its own"
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+",
        description="OpenTelemetry collector for traces (OTLP over HTTP), such as http://collector:4318",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="console: for people; json: for machines"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level that is logged"
    )

    @field_validator("bootstrap_servers")
    @classmethod
    def _addresses(cls, value: str) -> str:
        """The Kafka client would take a wrong port for a defect, and a missing one for 9092."""
        if not re.fullmatch(r"[^\s,]+:\d{1,5}(\s*,\s*[^\s,]+:\d{1,5})*", value.strip()):
            raise ValueError("host:port is expected, more of them by commas")
        if any(int(address.rpartition(":")[2]) > 65_535 for address in value.split(",")):
            raise ValueError("a port is 65535 at most")
        return value

    @model_validator(mode="after")
    def _way_in(self) -> Self:
        """A login that lacks a part would be refused by the broker much later, in words less clear."""
        if self.security_protocol.startswith("SASL_"):
            wanted = (
                {"sasl_token_command": bool(self.sasl_token_command)}
                if self.sasl_mechanism == "OAUTHBEARER"
                else {
                    "sasl_username": bool(self.sasl_username),
                    "sasl_password or sasl_password_file": bool(
                        self.sasl_password or self.sasl_password_file
                    ),
                }
            )
            if missing := [name for name, there in wanted.items() if not there]:
                login = f"{self.security_protocol} with {self.sasl_mechanism}"
                raise ValueError(f"{login} needs {' and '.join(missing)}")
            if self.sasl_password and self.sasl_password_file:
                raise ValueError("sasl_password and sasl_password_file are both set: keep one")
        if self.tls_key_file and not self.tls_certificate_file:
            raise ValueError("tls_key_file needs tls_certificate_file")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load` merges the sources itself, to know where each value came from."""
        return (init_settings,)

    @property
    def chain(self) -> str:
        """The chain that `model` names, as "module:factory"."""
        return CHAINS[self.model]

    def topic(self, name: str) -> str:
        """A topic's name on the broker."""
        return self.topic_prefix + name


def load(
    file: Path | None = None, overrides: dict[str, Any] | None = None, environ: dict[str, str] | None = None
) -> tuple[Settings, dict[str, str]]:
    """The settings, and for each key where its value came from ("default", a file's path, a variable's name,
    "command line").

    Args:
        file: the YAML file; None: `kawat.yaml` in the working folder, if there is one.
        overrides: values from the command line.
        environ: the environment; None: the process's own.

    Raises:
        SettingsError: an unknown key, a wrong value, an unreadable file.
    """
    env = dict(os.environ) if environ is None else environ
    values: dict[str, Any] = {}
    origin = dict.fromkeys(Settings.model_fields, "default")

    def put(key: str, value: Any, where: str, *, safe: bool = False) -> None:
        if key not in Settings.model_fields:
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(f"{where}: no setting is called {key!r}; there are: {known}")
        if key in SECRETS and not safe:
            raise SettingsError(
                f"{where}: {key} is a secret, and others can read this: set {PREFIX}{key.upper()} in the "
                f"environment, or {key}_file"
            )
        values[key], origin[key] = value, where

    path = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    for key, value in _read_file(path).items():
        put(key, value, str(path))
    # an empty variable is how compose files and shells write "not set"
    for variable in sorted(name for name, value in env.items() if name.startswith(PREFIX) and value):
        put(variable.removeprefix(PREFIX).lower(), env[variable], variable, safe=True)
    for key, value in (overrides or {}).items():
        put(key, value, "command line")
    try:
        return Settings(**values), origin
    except ValidationError as error:
        raise SettingsError("\n".join(_told(one, origin) for one in error.errors())) from None


def _told(error: ErrorDetails, origin: dict[str, str]) -> str:
    """One thing that is wrong, without a secret in it; what concerns several settings has no place of its own."""
    if not error["loc"]:
        return str(error["ctx"]["error"])
    key = str(error["loc"][0])
    value = "(a secret)" if key in SECRETS else repr(error["input"])
    return f"{'.'.join(map(str, error['loc']))} = {value} ({origin.get(key, '?')}): {error['msg']}"


def _read_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        read = yaml.safe_load(path.read_text("utf-8")) or {}
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not readable as YAML: {error}") from None
    if not isinstance(read, dict):
        raise SettingsError(
            f"{path}: a mapping of settings to values is expected, not a {type(read).__name__}"
        )
    return {str(key): value for key, value in read.items()}
