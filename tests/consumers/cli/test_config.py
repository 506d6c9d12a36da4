from __future__ import annotations

import json

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from config.settings import Settings
from consumers.cli.config import MASK, masked


def shown(result):
    return {row["key"]: row for row in map(json.loads, result.stdout.splitlines())}


def test_each_setting_is_shown_with_where_it_came_from(kawat, tmp_path, monkeypatch):
    (tmp_path / "kawat.yaml").write_text("partitions: 12\ngroup: from-file\n")
    monkeypatch.setenv("KAWAT_GROUP", "from-environment")
    rows = shown(kawat("config", "show", "--json", "--set", "http_port=1"))
    assert rows.keys() == Settings.model_fields.keys()
    assert (rows["partitions"]["value"], rows["partitions"]["from"]) == (12, "kawat.yaml")
    assert (rows["group"]["value"], rows["group"]["from"]) == ("from-environment", "KAWAT_GROUP")
    assert (rows["http_port"]["value"], rows["http_port"]["from"]) == (1, "command line")
    assert (rows["log_level"]["value"], rows["log_level"]["from"]) == ("info", "default")
    assert rows["state_dir"]["value"] is None


def test_people_see_the_same(kawat):
    told = kawat("config", "show", "--set", "state_dir=/data/[kawat]").stdout
    (line,) = [line for line in told.splitlines() if line.startswith("state_dir")]
    assert line.split()[1:4] == ["/data/[kawat]", "command", "line"]


def test_secrets_are_masked_by_type_and_by_name():
    secret = FieldInfo.from_annotated_attribute(SecretStr | None, None)
    plain = FieldInfo.from_annotation(str)
    assert masked("sasl", secret, SecretStr("hunter2")) == MASK
    assert masked("sasl", secret, None) is None
    assert masked("sasl_password", plain, "hunter2") == MASK
    assert masked("API_TOKEN", plain, "hunter2") == MASK
    assert masked("secret_number", FieldInfo.from_annotation(int), 7) == MASK
    assert masked("group", plain, "kawat") == "kawat"
    assert masked("sasl_password", plain, "") == ""  # not set is no secret
    assert masked("sasl_password_file", plain, "/run/secrets/kafka") == "/run/secrets/kafka"


def test_a_secret_of_the_environment_is_masked_and_its_variable_named(kawat, monkeypatch):
    monkeypatch.setenv("KAWAT_SASL_PASSWORD", "hunter2")
    for how in ([], ["--json"]):
        assert "hunter2" not in kawat("config", "show", *how).stdout
    row = shown(kawat("config", "show", "--json"))["sasl_password"]
    assert (row["value"], row["from"]) == (MASK, "KAWAT_SASL_PASSWORD")
