"""Tokens for OAUTHBEARER from a program: whoever issues them, there is a command that asks for one.

The program prints a token and nothing else; or the JSON of an OAuth token response (`access_token`, `expires_in`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import shlex
import time
from functools import lru_cache

import orjson
from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import AuthenticationFailedError

TIMEOUT_S = 15.0
USED_OF_LIFE = 0.8  # of a token's life; then a new one is asked for


def provider(command: str) -> TokenCommand:
    """The one provider of a command in this event loop: its clients share a token."""
    return _provider(command, asyncio.get_running_loop())


@lru_cache(maxsize=4)
def _provider(command: str, _: asyncio.AbstractEventLoop) -> TokenCommand:
    return TokenCommand(command)


class TokenCommand(AbstractTokenProvider):  # type: ignore[misc] # aiokafka ships no types
    """Runs a command for a token, and keeps it for most of its life; one without a known end serves one login."""

    def __init__(self, command: str) -> None:
        """`command`: program and arguments as in a shell, but there is no shell."""
        self._command = command
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """The token.

        Raises:
            AuthenticationFailedError: the command failed or printed no token; what it printed is not shown.
        """
        async with self._lock:
            if time.time() >= self._until:
                self._token, ends = parse(await self._run())
                now = time.time()
                self._until = now if ends is None else now + (ends - now) * USED_OF_LIFE
            return self._token

    async def _run(self) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                *shlex.split(self._command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except (OSError, ValueError) as error:
            raise AuthenticationFailedError(f"sasl_token_command can't be started: {error}") from None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                printed, _ = await process.communicate()
        except TimeoutError:
            raise AuthenticationFailedError(
                f"sasl_token_command gave no token within {TIMEOUT_S:.0f} s"
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise AuthenticationFailedError(
                f"sasl_token_command failed with exit code {process.returncode}: run it by hand to see why"
            )
        return printed


def parse(printed: bytes) -> tuple[str, float | None]:
    """The token in what a command printed, and when it ends (seconds since 1970; None: not known).

    Raises:
        AuthenticationFailedError: there is none.
    """
    text = printed.decode("ascii", "replace").strip()
    ends = None
    if text.startswith("{"):
        try:
            answer = orjson.loads(text)
            text = str(answer["access_token"])
            ends = time.time() + float(answer["expires_in"]) if "expires_in" in answer else None
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            text = ""
    if not text or not text.isascii() or len(text.split()) != 1:
        raise AuthenticationFailedError("sasl_token_command printed no token")
    return text, _end_of(text) if ends is None else ends


def _end_of(token: str) -> float | None:
    """When a JSON Web Token ends by its own word."""
    try:
        claims = token.split(".")[1]
        padded = claims + "=" * (-len(claims) % 4)
        return float(orjson.loads(base64.urlsafe_b64decode(padded))["exp"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
