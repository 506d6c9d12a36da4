"""Word lists beside the code: tab-separated rows, lines, and YAML mappings, read and checked once, at load."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

import yaml


class BrokenData(ValueError):
    """A data file of a processor can't be used; the message names the file, the line or key, and what is expected."""


def read(package: str, name: str) -> str:
    """The text of `data/<name>` in a package.

    Raises:
        BrokenData: there is no such file, or it is not UTF-8.
    """
    try:
        return (resources.files(package) / "data" / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenData(f"{_path(package)}/data/{name}: {error}") from None


def rows(package: str, name: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each row of a tab-separated file; ``#`` starts a comment line.

    Raises:
        BrokenData: a row has fewer than `columns` fields.
    """
    for number, line in enumerate(read(package, name).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            fields = line.split("\t")
            if len(fields) < columns:
                raise BrokenData(
                    f"{_path(package)}/data/{name}, line {number}: {columns} columns are expected"
                )
            yield number, fields


def lines(package: str, name: str) -> frozenset[str]:
    """The lines of a list, without comments and empty ones."""
    return frozenset(fields[0].strip() for _, fields in rows(package, name, 1))


def mapping(package: str, name: str) -> dict[str, list[str]]:
    """A YAML mapping of keys to lists of words.

    Raises:
        BrokenData: it is not YAML, or not of this shape.
    """
    where = f"{_path(package)}/data/{name}"
    try:
        raw: Any = yaml.safe_load(read(package, name))
    except yaml.YAMLError as error:
        raise BrokenData(f"{where}: not readable as YAML: {error}") from None
    if not isinstance(raw, dict):
        raise BrokenData(f"{where}: a mapping of keys to lists of words is expected")
    for key, words in raw.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise BrokenData(
                f"{where}, key {key}: a list of words is expected; quote what YAML takes for something else"
            )
    return {str(key): list(words) for key, words in raw.items()}


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of some words, the longest first, any white space between the words of one."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) + ")"


def _path(package: str) -> str:
    return package.replace(".", "/")
