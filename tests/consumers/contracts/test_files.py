import json
import subprocess
import sys

import yaml

from consumers.contracts.asyncapi import document
from consumers.contracts.files import FOLDER, contents
from consumers.contracts.generated import drifted, write
from consumers.contracts.schemas import schema_of


def test_the_checked_in_contracts_are_those_that_the_code_makes():
    assert drifted(FOLDER, contents(), whole=True) == [], "run `make contracts`"


def test_files_read_back_as_what_they_were_made_from(tmp_path):
    write(tmp_path, contents(), whole=True)
    assert yaml.safe_load((tmp_path / "asyncapi.yaml").read_text("utf-8")) == document()
    assert json.loads((tmp_path / "article.schema.json").read_text("utf-8")) == schema_of("article")


def test_making_them_twice_gives_the_same_bytes():
    assert contents() == contents()


def test_the_command_that_checks_exits_with_0_when_nothing_drifted():
    ran = subprocess.run(
        [sys.executable, "-m", "consumers.contracts", "--check"], check=False, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
