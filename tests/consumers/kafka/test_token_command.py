from __future__ import annotations

import base64
import json
import shlex
import sys
import time

import pytest
from aiokafka.errors import AuthenticationFailedError

from consumers.kafka import token_command
from consumers.kafka.token_command import TokenCommand, parse, provider


def token(**claims):
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)
    ]
    return ".".join([*parts, "signature"])


def counting(path, *, printed):
    """A command that prints, and leaves a letter in a file each time it runs."""
    code = f"open({str(path)!r}, 'a').write('x'); print({printed!r})"
    return shlex.join([sys.executable, "-c", code])


def test_the_end_of_a_token_is_what_it_says_itself():
    assert parse(token(exp=1_900_000_000).encode() + b"\n") == (token(exp=1_900_000_000), 1_900_000_000)


@pytest.mark.parametrize("printed", ["opaque", "a.b.c", token(sub="kawat")])
def test_a_token_that_says_nothing_of_its_end_is_taken_as_it_is(printed):
    assert parse(printed.encode()) == (printed, None)


def test_the_answer_of_an_issuer_is_understood():
    told, ends = parse(b'{"access_token": "opaque", "token_type": "Bearer", "expires_in": 300}')
    assert told == "opaque"
    assert time.time() + 200 < ends < time.time() + 301


@pytest.mark.parametrize("printed", ["", "\n", "two words", "{}", '{"access_token": ', "{broken", "törken"])
def test_what_is_no_token_is_refused_and_not_shown(printed):
    with pytest.raises(AuthenticationFailedError, match=r"printed no token$"):
        parse(printed.encode())


async def test_a_token_is_kept_while_it_lives(tmp_path):
    command = TokenCommand(counting(tmp_path / "ran", printed=token(exp=time.time() + 3_600)))
    assert await command.token() == await command.token()
    assert (tmp_path / "ran").read_text() == "x"


async def test_a_token_near_its_end_is_asked_for_again(tmp_path):
    command = TokenCommand(counting(tmp_path / "ran", printed=token(exp=time.time() - 1)))
    await command.token()
    await command.token()
    assert (tmp_path / "ran").read_text() == "xx"


async def test_clients_of_one_loop_share_a_provider():
    assert provider("true") is provider("true")
    assert provider("true") is not provider("false")


async def test_a_command_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(token_command, "TIMEOUT_S", 0.05)
    with pytest.raises(AuthenticationFailedError, match="gave no token within"):
        await TokenCommand("sleep 60").token()


@pytest.mark.parametrize(
    ("command", "told"), [("false", "exit code 1"), ("no-such-thing", "can't be started"), ("'", "can't be")]
)
async def test_a_command_that_fails_is_told_without_what_it_printed(command, told):
    with pytest.raises(AuthenticationFailedError, match=told):
        await TokenCommand(command).token()
