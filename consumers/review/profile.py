"""A rule into an outlet's profile: the file that it belongs to, the text with it, refused if that is not valid.

With a folder of one's own (setting `outlets_dir`) that is where rules go, and the shipped profiles stay as they are;
without one they go into the shipped folder, which is for those who work on Kawat itself.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.tokens import CommentToken

from config.outlets import FOLDER, GENERIC, OutletError, Outlets, load, profiles_by_stem

REJECTED = "rejected.tsv"
"""Beside the profiles: id, outlet, key and value of what was rejected, a line each."""

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class NotChanged(Exception):
    """The rule can't be put into the profile; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """A rule put into a profile, not written yet.

    Attributes:
        file: the profile.
        before: its text; "" if there is none yet.
        after: its text with the rule.
        outlets: all profiles as they would be.
    """

    file: Path
    before: str
    after: str
    outlets: Outlets

    @property
    def diff(self) -> str:
        """What changes, as `diff -u` tells it."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, str(self.file), str(self.file)))

    def write(self) -> None:
        """Put it in place, whole or not at all.

        Raises:
            OSError: the folder may not be written to.
        """
        _replace(self.file, self.after)


def change(source: str, key: str, value: str, own: Path | None, shipped: Path = FOLDER) -> Change:
    """The profile of an outlet with a rule more.

    Args:
        source: the outlet, as its stories name it.
        key: where the rule goes, dots between: "lines.promo.starts".
        value: the phrase or pattern.
        own: the folder that rules go to; None: the shipped one.
        shipped: the profiles that ship.

    Raises:
        OutletError: a profile is wrong already.
        NotChanged: the rule is there already, or the profile would be wrong with it.
    """
    folder = own or shipped
    file = folder / f"{stem_of(source, own, shipped)}.yaml"
    before = file.read_text("utf-8") if file.exists() else ""
    known = load(shipped, own).find(source)
    head = {} if known is not None else _head(source)
    after = _with(file, before or _started(known.name if known else source, head), key, value)
    return Change(file, before, after, _valid(file, after, own, shipped))


def stem_of(source: str, own: Path | None, shipped: Path = FOLDER) -> str:
    """The name of the file, without extension, that an outlet's profile has, or would have."""
    for stem, profile in profiles_by_stem(shipped, own).items():
        if Outlets([], [profile]).find(source) is not None and not stem.startswith(GENERIC):
            return stem
    slug = re.sub(r"[^a-z0-9]+", "-", source.casefold()).strip("-") or "outlet"
    return f"outlet-{slug}" if slug.startswith(GENERIC) else slug


def holds(outlets: Outlets, source: str, key: str, value: str) -> bool:
    """Whether the profile of an outlet has a rule already."""
    found = outlets.find(source)
    told: object = found.model_dump(mode="json") if found else {}
    for part in key.split("."):
        told = told.get(part, {}) if isinstance(told, dict) else {}
    return isinstance(told, list | tuple) and value.casefold() in {str(each).casefold() for each in told}


def reject(folder: Path, proposal: str, source: str, key: str, value: str) -> Path:
    """Note that a proposal was rejected, and give the file of these notes."""
    file = folder / REJECTED
    known = file.read_text("utf-8") if file.exists() else ""
    line = "\t".join(" ".join(part.split()) for part in (proposal, source, key, value))
    if proposal not in rejected(folder):
        _replace(file, f"{known}{line}\n")
    return file


def rejected(folder: Path) -> frozenset[str]:
    """Ids of the proposals that were rejected."""
    file = folder / REJECTED
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return frozenset(line.partition("\t")[0] for line in lines)


def _head(source: str) -> dict[str, list[str]]:
    return {"hosts": [source]} if _HOST.fullmatch(source) else {"names": [source]}


def _started(name: str, head: dict[str, list[str]]) -> str:
    made = CommentedMap({"name": name})
    for key, values in head.items():
        made[key] = CommentedSeq(values)
        made[key].fa.set_flow_style()
    return _dumped(made)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(data: CommentedMap) -> str:
    written = io.StringIO()
    _yaml().dump(data, written)
    return written.getvalue()


def _with(file: Path, text: str, key: str, value: str) -> str:
    """A profile's text with a value more in a list; comments and the order of things stay."""
    try:
        data = _yaml().load(text)
    except YAMLError as error:
        raise NotChanged(f"{file}: not readable as YAML: {error}") from None
    *parts, last = key.split(".")
    node = data
    for part in parts:
        if part not in node:
            node[part] = CommentedMap()
        node = node[part]
        if not isinstance(node, CommentedMap):
            raise NotChanged(f"{file}: {key}: {part} is not a mapping")
    if last not in node:
        node[last] = CommentedSeq()
    values = node[last]
    if not isinstance(values, CommentedSeq):
        raise NotChanged(f"{file}: {key} is not a list")
    if value in values:
        raise NotChanged(f"{file}: {key} has {value!r} already")
    _append(values, value)
    return _dumped(data)


def _append(values: CommentedSeq, value: str) -> None:
    end = len(values) - 1
    values.append(value)
    # what stands below the list (an empty line, a comment on what follows) belongs behind its new end
    below = values.ca.items.get(end)
    token = below[0] if below else None
    if token is not None:
        beside, _, rest = token.value.partition("\n")
        if rest:
            values.ca.items[end + 1] = [CommentToken("\n" + rest, token.start_mark), None, None, None]
            token.value = beside + "\n"
            if not beside:
                del values.ca.items[end]


def _valid(file: Path, text: str, own: Path | None, shipped: Path) -> Outlets:
    """All profiles with this text in place of the file, tried on a copy."""
    with tempfile.TemporaryDirectory(prefix="kawat-outlets-") as name:
        copy = Path(name)
        for each in file.parent.glob("*.yaml"):
            shutil.copyfile(each, copy / each.name)
        (copy / file.name).write_text(text, "utf-8")
        try:
            return load(shipped, copy) if own is not None else load(copy)
        except OutletError as error:
            told = str(error).replace(str(copy), str(file.parent))
            raise NotChanged(f"the profile would be wrong with it\n{told}") from None


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as made:
            made.write(text)
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        Path(name).chmod(mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
