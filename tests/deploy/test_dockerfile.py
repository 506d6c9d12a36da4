import re
import tomllib
from pathlib import Path

import pytest

from config.settings import load

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy/Dockerfile").read_text("utf-8")
LAST_STAGE = TEXT[TEXT.rindex("\nFROM ") :]


def test_the_base_image_is_pinned_and_new_enough():
    (tag,) = re.findall(r"^ARG PYTHON=(\S+)", TEXT, re.MULTILINE)
    version = re.match(r"(\d+)\.(\d+)\.\d+-slim-\w+$", tag)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert version
    assert f">={version[1]}.{version[2]}" >= project["requires-python"]
    assert set(re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)) == {"python:${PYTHON}"}


def test_everything_is_installed_by_hash_and_nothing_beside_the_lock():
    installs = re.findall(r"pip install (.*)", TEXT)
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]


def test_it_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)", LAST_STAGE, re.MULTILINE)
    assert users
    assert all(int(user.split(":")[0]) > 0 for user in users)


def test_it_runs_a_command_of_the_project():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    (entry,) = re.findall(r'^ENTRYPOINT \["(\w+)"\]', LAST_STAGE, re.MULTILINE)
    assert entry in scripts


def test_its_health_check_asks_the_port_that_the_worker_listens_on():
    variables = dict(re.findall(r"\b(KAWAT_[A-Z_]+)=(\S+)", LAST_STAGE))
    settings, _ = load(environ=variables)
    assert f"http://127.0.0.1:{settings.http_port}/healthz" in LAST_STAGE
    (exposed,) = re.findall(r"^EXPOSE (.*)", LAST_STAGE, re.MULTILINE)
    watched = {settings.http_port, settings.insights_http_port, settings.live_http_port}
    assert {str(port) for port in watched} <= set(exposed.split())
    assert settings.http_host == "0.0.0.0"  # noqa: S104 - inside the container; compose binds it to loopback


@pytest.mark.parametrize("source", sorted(set(re.findall(r"^COPY (?!--from)(.*) /src", TEXT, re.MULTILINE))))
def test_what_is_copied_exists_and_is_not_ignored(source):
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for path in source.split():
        assert (ROOT / path).exists()
        assert f"!{path}" in ignore


def test_all_that_the_project_is_made_of_is_copied():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    copied = {
        path
        for source in re.findall(r"^COPY (?!--from)(.*) /src", TEXT, re.MULTILINE)
        for path in source.split()
    }
    assert {pattern.rstrip("*") for pattern in packages["find"]["include"]} <= copied
