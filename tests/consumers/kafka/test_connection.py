"""What clients are told; that it opens doors is tested on a real Apache Kafka (tests/broker/security)."""

from __future__ import annotations

import ssl

import pytest
from aiokafka.helpers import create_ssl_context
from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials

from config.settings import Settings
from consumers.insights.credentials import credentials
from consumers.kafka.connection import NoWayIn, connection

LOGIN = {"security_protocol": "SASL_SSL", "sasl_username": "kawat"}


def test_without_more_a_client_is_told_where_the_brokers_are():
    assert connection(Settings()) == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "PLAINTEXT",
    }


def test_brokers_are_verified_and_their_names_too():
    context = connection(Settings(security_protocol="SSL"))["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_clients_of_the_same_files_share_their_context():
    first, second = (connection(Settings(security_protocol="SSL"))["ssl_context"] for _ in range(2))
    assert first is second
    assert first is not create_ssl_context()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_s_file_ends_as_editors_end_it(tmp_path, ending):
    file = tmp_path / "password"
    file.write_bytes(f" hunter2 {ending}".encode())
    assert connection(Settings(**LOGIN, sasl_password_file=file))["sasl_plain_password"] == " hunter2 "


@pytest.mark.parametrize(
    ("content", "told"), [(None, "No such file"), (b"\n", "is empty"), (b"\xff", "read")]
)
def test_a_password_s_file_that_is_no_good_is_named(tmp_path, content, told):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(NoWayIn, match=f"sasl_password_file: .*password.*{told}"):
        connection(Settings(**LOGIN, sasl_password_file=file))


async def test_faust_is_told_the_same():
    assert credentials(Settings()) is None
    assert isinstance(credentials(Settings(security_protocol="SSL")), SSLCredentials)
    scram = credentials(Settings(**LOGIN, sasl_password="hunter2"))
    assert isinstance(scram, SASLCredentials)
    assert (scram.username, scram.password, scram.mechanism.value) == ("kawat", "hunter2", "SCRAM-SHA-512")
    assert scram.ssl_context is not None
    assert "hunter2" not in repr(scram)
    bearer = Settings(security_protocol="SASL_SSL", sasl_mechanism="OAUTHBEARER", sasl_token_command="true")
    assert isinstance(credentials(bearer), OAuthCredentials)
