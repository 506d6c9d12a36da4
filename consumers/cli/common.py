"""What all commands share: global options, settings, output, and errors that say what to do.

Exit codes: 0 all went well, 1 something failed, 2 the command line or the configuration is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from config.settings import Settings

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
PIPE_WIDTH = 240
PATH = click.Path(exists=True, readable=True, allow_dash=True, path_type=Path)


class Failure(click.ClickException):
    """Something failed; the message says what, and what to do."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"kawat: {self.format_message()}", file=file or sys.stderr)


class Misuse(Failure):
    """The command line or the configuration is wrong."""

    exit_code = 2


@dataclass
class Invocation:
    """One call of `kawat`: the global options, and the settings that they lead to."""

    file: Path | None = None
    overrides: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def loaded(self) -> tuple[Settings, dict[str, str]]:
        """The settings, and where each value came from.

        Raises:
            SettingsError: shown to the user as it is.
        """
        from config import settings

        return settings.load(self.file, self.overrides)

    @property
    def settings(self) -> Settings:
        return self.loaded[0]

    def origin(self, key: str) -> str:
        return self.loaded[1][key]


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)


def _take_file(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Invocation).file = value


def _take_pairs(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    for pair in value:
        key, equals, setting = pair.partition("=")
        if not (key and equals):
            raise click.BadParameter(f"{pair!r} is not of the form key=value")
        ctx.ensure_object(Invocation).overrides[key] = setting


def _take_bootstrap(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Invocation).overrides["bootstrap_servers"] = value


def global_options(*, hidden: bool) -> list[click.Parameter]:
    """They stand before the command (shown in `kawat --help`) or after it (hidden there)."""
    return [
        click.Option(
            ["--config", "file"],
            type=click.Path(path_type=Path),
            callback=_take_file,
            expose_value=False,
            hidden=hidden,
            help="YAML file with settings.  [default: kawat.yaml, if there is one]",
        ),
        click.Option(
            ["--set", "pairs"],
            metavar="KEY=VALUE",
            multiple=True,
            callback=_take_pairs,
            expose_value=False,
            hidden=hidden,
            help="One setting; may be repeated. `kawat config show` lists them.",
        ),
        click.Option(
            ["--bootstrap"],
            metavar="HOST:PORT,...",
            callback=_take_bootstrap,
            expose_value=False,
            hidden=hidden,
            help="The brokers; short for --set bootstrap_servers=...",
        ),
    ]


class Command(click.Command):
    """A command that takes the global options after its name as well, and whose help ends with an example."""

    def __init__(self, name: str | None, *, example: str, **kwargs: Any) -> None:
        """`example` is one command line a line."""
        super().__init__(name, **kwargs)
        self.params += global_options(hidden=True)
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        with formatter.section("Example"):
            for line in self.example.strip().splitlines():
                formatter.write(f"{'':{formatter.current_indent}}{line.strip()}\n")


class Group(click.Group):
    """A group of commands (`kawat topics ...`)."""

    command_class = Command
    group_class = type


class Root(Group):
    """`kawat` itself: turns what users and brokers do wrong into one line and an exit code."""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.params += global_options(hidden=False)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which people meet them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        invocation = ctx.ensure_object(Invocation)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            explained = explain(error, invocation)
            if explained is None:
                raise
            raise explained from error


def explain(error: Exception, invocation: Invocation) -> Failure | None:
    """What to tell the user; None for a defect of ours, which deserves its traceback."""
    from config.settings import SettingsError

    if isinstance(error, SettingsError):
        return Misuse(f"the configuration is wrong\n{error}")
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(f"{error.filename}: {error.strerror}")
    # if the client is not loaded, nothing of it was raised
    return _explain_broker(error, invocation) if "aiokafka" in sys.modules else None


def _explain_broker(error: Exception, invocation: Invocation) -> Failure | None:
    from aiokafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError

    from consumers.kafka.admin import OperatorError
    from consumers.kafka.allowed import denied
    from consumers.kafka.connection import NoWayIn

    if isinstance(error, NoWayIn):
        return Misuse(str(error))
    if isinstance(error, (KafkaConnectionError, NodeNotReadyError, TimeoutError)) and (
        told := _obstacle(invocation)
    ):
        return Failure(told)
    if isinstance(error, KafkaConnectionError):
        return Failure(no_broker(invocation))
    address = invocation.settings.bootstrap_servers
    if isinstance(error, KafkaError):
        more = "\nsee docs/security.md for the rights that are needed" if denied(error) else ""
        return Failure(f"the broker at {address} answered: {error}{more}")
    if isinstance(error, TimeoutError):
        return Failure(f"the broker at {address} does not answer in time")
    return Failure(str(error)) if isinstance(error, OperatorError) else None


def _obstacle(invocation: Invocation) -> str | None:
    """What is in the way to the brokers, one line; None when nothing is, or nothing listens where they should be."""
    import asyncio

    from aiokafka.errors import KafkaError

    from consumers.kafka.connection import NoWayIn
    from consumers.kafka.reach import obstacle

    try:
        found = asyncio.run(obstacle(invocation.settings))
    except (KafkaError, OSError, NoWayIn):
        return None
    return None if found is None or found.step == "connect" else str(found)


def no_broker(invocation: Invocation) -> str:
    address, origin = invocation.settings.bootstrap_servers, invocation.origin("bootstrap_servers")
    return (
        f"no broker answers at {address} (setting bootstrap_servers, from: {origin})\n"
        "start one with `kawat broker`, or name yours with --bootstrap HOST:PORT or KAWAT_BOOTSTRAP_SERVERS"
    )


def run_quietly(invocation: Invocation, coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a short command's coroutine; the libraries keep quiet, since the command reports their errors itself."""
    import asyncio

    from consumers.telemetry import logs

    try:
        debug = invocation.settings.log_level == "debug"
        logs.configure(invocation.settings, libraries="warning" if debug else "off")
        return asyncio.run(coroutine)
    finally:
        coroutine.close()  # when we were interrupted before it began


def console(*, stderr: bool = False) -> Console:
    """Where people read; a pipe gets lines that are not broken at 80 columns."""
    from rich.console import Console

    terminal = Console(stderr=stderr, highlight=False)
    return terminal if terminal.is_terminal else Console(stderr=stderr, highlight=False, width=PIPE_WIDTH)


def stdin() -> BinaryIO:
    """Stdin as bytes, by a reader of our own: a thread may wait for it when the interpreter ends, and that would
    abort over `sys.stdin`.
    """
    stream = click.get_binary_stream("stdin")
    try:
        return open(stream.fileno(), "rb", closefd=False)
    except OSError:  # not a file at all
        return stream


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 letter, 2 letters."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def json_line(value: Mapping[str, Any]) -> None:
    """One JSON object as one line on stdout."""
    import orjson

    click.echo(orjson.dumps(value))


def json_option(help_text: str = "JSON lines instead of text for people.") -> Callable[[F], F]:
    return click.option("--json", "as_json", is_flag=True, help=help_text)
