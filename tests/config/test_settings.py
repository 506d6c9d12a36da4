from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """No kawat.yaml of the developer's own gets into a test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "kawat.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_without_any_source_every_value_is_the_default():
    settings, origin = load(environ={})
    assert settings == Settings()
    assert set(origin) == set(Settings.model_fields)
    assert set(origin.values()) == {"default"}


def test_the_file_beats_the_defaults(empty_folder):
    write(empty_folder, "partitions: 12\n")
    settings, origin = load(environ={})
    assert settings.partitions == 12
    assert origin["partitions"] == "kawat.yaml"
    assert origin["group"] == "default"


def test_the_environment_beats_the_file(empty_folder):
    write(empty_folder, "partitions: 12\ngroup: newsroom\n")
    settings, origin = load(environ={"KAWAT_PARTITIONS": "24"})
    assert settings.partitions == 24
    assert settings.group == "newsroom"
    assert origin["partitions"] == "KAWAT_PARTITIONS"


def test_the_command_line_beats_the_environment(empty_folder):
    write(empty_folder, "partitions: 12\n")
    settings, origin = load(overrides={"partitions": 48}, environ={"KAWAT_PARTITIONS": "24"})
    assert settings.partitions == 48
    assert origin["partitions"] == "command line"


def test_the_process_environment_is_read_when_none_is_given(monkeypatch):
    monkeypatch.setenv("KAWAT_GROUP", "night-desk")
    settings, origin = load()
    assert settings.group == "night-desk"
    assert origin["group"] == "KAWAT_GROUP"


def test_an_empty_variable_counts_as_not_set(empty_folder):
    write(empty_folder, "instance_id: kawat-0\n")
    settings, origin = load(environ={"KAWAT_INSTANCE_ID": "", "KAWAT_STATE_DIR": ""})
    assert settings.instance_id == "kawat-0"
    assert settings.state_dir is None
    assert origin["instance_id"] == "kawat.yaml"


def test_other_variables_are_nobody_s_business():
    settings, _ = load(environ={"GROUP": "other", "KAWATGROUP": "other", "PATH": "/bin"})
    assert settings.group == "kawat"


def test_a_named_file_is_read_instead_of_the_default_one(empty_folder):
    write(empty_folder, "group: default-file\n")
    named = write(empty_folder, "group: named-file\n", "other.yaml")
    settings, origin = load(named, environ={})
    assert settings.group == "named-file"
    assert origin["group"] == str(named)


def test_an_empty_file_sets_nothing(empty_folder):
    write(empty_folder, "# nothing yet\n")
    assert load(environ={})[0] == Settings()


def test_a_misspelt_variable_is_an_error_that_lists_what_there_is():
    with pytest.raises(SettingsError, match=r"KAWAT_PARTITION: no setting is called 'partition'.*partitions"):
        load(environ={"KAWAT_PARTITION": "3"})


def test_a_misspelt_key_in_the_file_is_an_error_that_names_the_file(empty_folder):
    write(empty_folder, "pool-size: 3\n")
    with pytest.raises(SettingsError, match=r"kawat\.yaml: no setting is called 'pool-size'"):
        load(environ={})


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("partitions", "0", "greater than or equal to 1"),
        ("partitions", "many", "valid integer"),
        ("story_timeout_s", "-1", "greater than 0"),
        ("http_port", "70000", "less than or equal to 65535"),
        ("log_format", "xml", "'console' or 'json'"),
        ("log_level", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("topic_prefix", "a b", "match pattern"),
    ],
)
def test_a_wrong_value_is_an_error_that_says_key_value_source_and_what_is_allowed(key, value, allowed):
    variable = f"KAWAT_{key.upper()}"
    with pytest.raises(SettingsError) as caught:
        load(environ={variable: value})
    message = str(caught.value)
    assert message.startswith(f"{key} = {value!r} ({variable}): ")
    assert allowed in message


def test_every_wrong_value_is_reported_at_once(empty_folder):
    write(empty_folder, "batch_stories: 0\n")
    with pytest.raises(SettingsError) as caught:
        load(overrides={"pool_size": -1}, environ={"KAWAT_PARTITIONS": "x"})
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert {line.partition(" = ")[0] for line in lines} == {"batch_stories", "pool_size", "partitions"}


def test_a_file_that_is_not_there_is_a_clear_error(empty_folder):
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: No such file"):
        load(empty_folder / "nowhere.yaml", environ={})


def test_a_file_that_is_not_yaml_is_a_clear_error(empty_folder):
    write(empty_folder, "group: [unclosed\n")
    with pytest.raises(SettingsError, match=r"kawat\.yaml: not readable as YAML"):
        load(environ={})


def test_a_file_that_is_not_utf_8_is_a_clear_error(empty_folder):
    (empty_folder / "kawat.yaml").write_bytes(b"group: \xff\xfe\n")
    with pytest.raises(SettingsError, match=r"kawat\.yaml: not readable as YAML"):
        load(environ={})


def test_a_file_that_is_a_list_is_a_clear_error(empty_folder):
    write(empty_folder, "- group\n")
    with pytest.raises(SettingsError, match=r"a mapping of settings to values is expected, not a list"):
        load(environ={})


def test_settings_cannot_be_changed_later():
    settings, _ = load(environ={})
    with pytest.raises(ValueError, match="frozen"):
        settings.group = "other"


def test_the_constructor_does_not_look_at_the_environment(monkeypatch):
    monkeypatch.setenv("KAWAT_GROUP", "unseen")
    assert Settings().group == "kawat"


def test_a_topic_carries_the_prefix():
    assert Settings(topic_prefix="staging.").topic("news.raw") == "staging.news.raw"


@pytest.mark.parametrize("servers", ["kafka-1:9092", "kafka-1:9092, kafka-2:9093", "[::1]:9092"])
def test_brokers_are_addresses_with_ports(servers):
    assert Settings(bootstrap_servers=servers).bootstrap_servers == servers


@pytest.mark.parametrize(
    "servers", ["", "kafka-1", "kafka-1:port", "kafka-1:9092,", "kafka-1:9092 kafka-2:9092"]
)
def test_brokers_without_a_port_are_an_error(servers):
    with pytest.raises(SettingsError, match="host:port"):
        load(environ={}, overrides={"bootstrap_servers": servers})


def test_every_setting_says_what_it_is():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_each_model_names_a_chain_that_can_be_imported():
    from importlib import import_module
    from operator import attrgetter

    for model in ("accurate", "fast", "rules"):
        module, _, factory = Settings(model=model).chain.partition(":")
        assert callable(attrgetter(factory)(import_module(module)))


LOGIN = {"KAWAT_SECURITY_PROTOCOL": "SASL_SSL", "KAWAT_SASL_USERNAME": "kawat"}


def test_a_password_comes_from_the_environment_and_is_never_shown():
    settings, origin = load(environ={**LOGIN, "KAWAT_SASL_PASSWORD": "hunter2"})
    assert settings.sasl_password.get_secret_value() == "hunter2"
    assert origin["sasl_password"] == "KAWAT_SASL_PASSWORD"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.model_dump())


def test_a_password_where_others_can_read_it_is_refused_without_showing_it(empty_folder):
    with pytest.raises(
        SettingsError, match="KAWAT_SASL_PASSWORD in the environment, or sasl_password_file"
    ) as told:
        load(overrides={"sasl_password": "hunter2"}, environ={})
    assert "hunter2" not in str(told.value)
    write(empty_folder, "sasl_password: hunter2\n")
    with pytest.raises(SettingsError, match=r"kawat\.yaml: sasl_password is a secret") as told:
        load(environ={})
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "SASL_SSL with SCRAM-SHA-512 needs sasl_password or sasl_password_file"),
        ({"KAWAT_SASL_USERNAME": ""}, "needs sasl_username and sasl_password or sasl_password_file"),
        ({"KAWAT_SASL_MECHANISM": "OAUTHBEARER"}, "SASL_SSL with OAUTHBEARER needs sasl_token_command"),
        ({"KAWAT_SASL_PASSWORD": "hunter2", "KAWAT_SASL_PASSWORD_FILE": "/run/secrets/p"}, "keep one"),
        ({"KAWAT_SASL_PASSWORD": "hunter2", "KAWAT_TLS_KEY_FILE": "k.pem"}, "needs tls_certificate_file"),
        ({"KAWAT_SASL_PASSWORD": "hunter2", "KAWAT_SASL_MECHANISM": "GSSAPI"}, "sasl_mechanism = 'GSSAPI'"),
    ],
)
def test_half_a_login_is_told_before_a_broker_is_asked(more, told):
    with pytest.raises(SettingsError, match=told) as error:
        load(environ={**LOGIN, **more})
    assert "hunter2" not in str(error.value)


def test_a_login_that_no_listener_asks_for_is_no_matter():
    settings, _ = load(environ={"KAWAT_SASL_USERNAME": "kawat"})
    assert settings.security_protocol == "PLAINTEXT"


def test_a_port_that_no_machine_has_is_refused():
    with pytest.raises(SettingsError, match="65535 at most"):
        load(environ={"KAWAT_BOOTSTRAP_SERVERS": "kafka-1:9092, kafka-2:99999"})
    assert load(environ={"KAWAT_BOOTSTRAP_SERVERS": "kafka-1:9092, kafka-2:65535"})
