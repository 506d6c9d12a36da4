"""Profiles of outlets: how each signs its stories, and what it prints that is not the story.

One YAML file an outlet under `config/outlets/`; `generic*.yaml` hold for every story. A folder of one's own (setting
`outlets_dir`) adds to them: a file there is read after the shipped one of the same name, or is a new outlet. A wrong
file is an `OutletError` that names the file, the key, the value and what is allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import re2
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from processors.records import RemovedKind

FOLDER = Path(__file__).parent / "outlets"
GENERIC = "generic"
OWN_FOLDER = "KAWAT_OUTLETS_DIR"
"""The environment's name of the setting `outlets_dir`, which the processes that clean read by themselves."""


class OutletError(Exception):
    """A profile is wrong; the message names file, key, value and what is allowed."""


def _compiles(pattern: str) -> str:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"not a pattern in RE2's syntax: {error}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]
Phrase = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineRules(_Strict):
    """Lines that are boilerplate as a whole. Case does not count, nor do spaces and marks around the line.

    Attributes:
        whole: the line is this phrase.
        starts: the line begins with this phrase, which ends at the end of a word.
        shapes: the line as a whole matches this pattern (RE2; write `(?-i:...)` where case counts).
    """

    whole: tuple[Phrase, ...] = ()
    starts: tuple[Phrase, ...] = ()
    shapes: tuple[Pattern, ...] = ()


class Outlet(_Strict):
    """A profile.

    Attributes:
        name: of the outlet, for people.
        names: what `Article.source` may say; case does not count.
        hosts: host names; each stands for its subdomains too.
        language: BCP 47 tag of what it mostly writes.
        signatures: the outlet's name as it stands in datelines ("KOMPAS.com"); host names need none.
        lines: by kind, lines that are boilerplate as a whole.
        inside: by kind, patterns of boilerplate that may stand within a line; what matches is cut.
        links: phrases before the headline of another story ("Baca juga"), at the start of a line or inside one.
        bylines: words that begin a reporter's credit before the dateline ("Laporan").
        photos: labels before the credit of a photo, behind a colon ("Foto").
        contents: labels of tables of contents.
        lists: lines under which the headline of another story stands.
        series: lines under which headlines of other stories stand, one a line.
        announces: ends of credit lines below which the headline stands that the story had elsewhere.
        rest: by kind, phrases that begin a line at the end of a story with which the boilerplate begins: the line and
            all below it go.
        blocks: by kind, phrases that stand on consecutive lines and are boilerplate only together.
    """

    name: Phrase
    names: tuple[Phrase, ...] = ()
    hosts: tuple[Phrase, ...] = ()
    language: str | None = None
    signatures: tuple[Phrase, ...] = ()
    lines: dict[RemovedKind, LineRules] = {}
    inside: dict[RemovedKind, tuple[Pattern, ...]] = {}
    links: tuple[Phrase, ...] = ()
    lists: tuple[Phrase, ...] = ()
    series: tuple[Phrase, ...] = ()
    announces: tuple[Phrase, ...] = ()
    bylines: tuple[Phrase, ...] = ()
    photos: tuple[Phrase, ...] = ()
    contents: tuple[Phrase, ...] = ()
    rest: dict[RemovedKind, tuple[Phrase, ...]] = {}
    blocks: dict[RemovedKind, tuple[tuple[Phrase, ...], ...]] = {}


class Outlets:
    """All profiles; finds the one of a story."""

    def __init__(self, generic: Iterable[Outlet], outlets: Iterable[Outlet] = ()) -> None:
        """`generic` profiles hold for every story, besides the outlet's own."""
        self.generic = tuple(generic)
        self.outlets = tuple(outlets)
        self._by_name = {name.casefold(): outlet for outlet in self.outlets for name in outlet.names}
        self._by_host = {host.casefold(): outlet for outlet in self.outlets for host in outlet.hosts}

    def find(self, source: str = "", url: str | None = None) -> Outlet | None:
        """The profile for a story's source (a name or a host name) or, failing that, for its URL; None: unknown."""
        source = source.casefold().strip()
        found = self._by_name.get(source) or self._host(source)
        if found is None and url:
            try:
                found = self._host((urlsplit(url).hostname or "").casefold())
            except ValueError:  # a broken URL tells nothing
                return None
        return found

    def _host(self, host: str) -> Outlet | None:
        while host:
            if host in self._by_host:
                return self._by_host[host]
            host = host.partition(".")[2]
        return None

    @cached_property
    def signatures(self) -> tuple[str, ...]:
        """All names that outlets sign datelines with: stories travel from one outlet to another."""
        return tuple(sorted({name for profile in self._all for name in profile.signatures}))

    @cached_property
    def bylines(self) -> tuple[str, ...]:
        """All words that begin a credit before a dateline."""
        return tuple(sorted({word for profile in self._all for word in profile.bylines}))

    @property
    def _all(self) -> tuple[Outlet, ...]:
        return (*self.generic, *self.outlets)


def use(own: Path | None) -> None:
    """Let `load` add the profiles of this folder, in this process and in those that it starts; None: of none."""
    if own is None:
        os.environ.pop(OWN_FOLDER, None)
    else:
        os.environ[OWN_FOLDER] = str(own.absolute())


def load(folder: Path = FOLDER, own: Path | None = None) -> Outlets:
    """All profiles of a folder, and of a folder of one's own.

    Args:
        folder: the shipped ones.
        own: what is added; None: what `use` or the environment said, nothing if they said nothing.

    Raises:
        OutletError: a file is not readable, a key is unknown, a value is wrong, two profiles claim one name.
    """
    if own is None and folder == FOLDER and os.environ.get(OWN_FOLDER):
        own = Path(os.environ[OWN_FOLDER])
    profiles = profiles_by_stem(folder, own)
    generic = [profile for stem, profile in profiles.items() if stem.startswith(GENERIC)]
    if not generic:
        raise OutletError(f"{folder}: there is no {GENERIC}.yaml")
    return Outlets(generic, (p for stem, p in profiles.items() if not stem.startswith(GENERIC)))


def profiles_by_stem(folder: Path = FOLDER, own: Path | None = None) -> dict[str, Outlet]:
    """The profiles by the names of their files, without extension; see `load`."""
    if own is not None and not own.is_dir():
        raise OutletError(f"{own}: there is no such folder of profiles (setting outlets_dir)")
    files = {file.stem: [file] for file in sorted(folder.glob("*.yaml"))}
    for file in sorted(own.glob("*.yaml")) if own is not None else ():
        files.setdefault(file.stem, []).append(file)
    profiles = {stem: _read(those) for stem, those in files.items()}
    claimed: dict[str, str] = {}
    for stem, profile in profiles.items():
        for name in {name.casefold() for name in (*profile.names, *profile.hosts)}:
            if name in claimed:
                raise OutletError(f"{files[stem][-1]}: {name!r} is already claimed by {claimed[name]}.yaml")
            claimed[name] = stem
    return profiles


def _read(files: list[Path]) -> Outlet:
    """A profile from its file, or from the shipped one and what is added to it."""
    read: dict[str, Any] = {}
    profile = None
    for file in files:
        told = _mapping(file)
        if read:
            told = {"name": read["name"], **told}
        _validated(file, told)
        read = _merged(read, told)
        profile = _validated(file, read)
    if profile is None:
        raise OutletError("a profile needs a file")
    return profile


def _mapping(file: Path) -> dict[str, Any]:
    try:
        read: Any = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise OutletError(f"{file}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OutletError(f"{file}: not readable as YAML: {error}") from None
    if not isinstance(read, dict):
        raise OutletError(f"{file}: a mapping is expected, not a {type(read).__name__}")
    return read


def _validated(file: Path, read: dict[str, Any]) -> Outlet:
    try:
        return Outlet.model_validate(read)
    except ValidationError as error:
        raise OutletError("\n".join(f"{file}: {_complaint(e)}" for e in error.errors())) from None


def _merged(shipped: Any, own: Any) -> Any:
    """Lists are joined, mappings key by key; of anything else one's own counts."""
    if isinstance(shipped, dict) and isinstance(own, dict):
        both = dict(shipped)
        for key, value in own.items():
            both[key] = _merged(both[key], value) if key in both else value
        return both
    if isinstance(shipped, list) and isinstance(own, list):
        return [*shipped, *(value for value in own if value not in shipped)]
    return own


def _complaint(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        owners: dict[str, type[BaseModel]] = {"lines": LineRules}
        owner = owners.get(str(error["loc"][0]), Outlet)
        return f"{where}: there is no such key; there are: {', '.join(owner.model_fields)}"
    return f"{where} = {error['input']!r}: {error['msg']}"
