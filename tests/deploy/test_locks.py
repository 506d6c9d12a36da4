"""The locks hold what pyproject.toml asks for, by hash, and name no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-dev.lock": [*PROJECT["dependencies"], *EXTRAS["dev"], *EXTRAS["embedded"], *EXTRAS["otel"]],
}


def pinned(lock):
    """Version by name and marker."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==(\S+)( ;.*)? \\$", line) for line in lines)
    return [(canonicalize_name(match[1]), Version(match[2]), match[3]) for match in found if match]


@pytest.mark.parametrize("lock", WANTED)
def test_a_lock_satisfies_every_requirement(lock):
    """`make lock` brings it up to date."""
    held = pinned(lock)
    for requirement in map(Requirement, WANTED[lock]):
        versions = [version for name, version, _ in held if name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement} is not in {lock}"
        assert all(version in requirement.specifier for version in versions), requirement


@pytest.mark.parametrize("lock", WANTED)
def test_every_pin_has_a_hash_and_no_address_is_named(lock):
    text = (ROOT / lock).read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) == len(pinned(lock)) > 50
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_both_locks_agree():
    assert set(pinned("requirements.lock")) <= set(pinned("requirements-dev.lock"))
