"""The tables of rights; that they are right is tested on a real Apache Kafka (tests/broker/security)."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings
from consumers.kafka import allowed, rights

DOCUMENT = Path(__file__).parents[3] / "docs" / "security.md"


@pytest.mark.parametrize("role", rights.ROLES)
def test_the_document_has_each_right_of_each_role(role):
    rows = {
        tuple(cell.strip(" `") for cell in line.split("|")[1:5]) for line in DOCUMENT.read_text().splitlines()
    }
    for right in rights.ROLES[role](Settings()):
        name = right.name + ("*" if right.prefixed else "")
        assert (role, right.operation, right.kind, name) in rows


def test_a_right_says_what_grants_it():
    settings = Settings(sasl_username="wire", group="night")
    (transactions,) = [right for right in rights.worker(settings) if right.kind == "transactional-id"]
    assert transactions.command(settings) == (
        "kafka-acls.sh --bootstrap-server 127.0.0.1:9092 --add --allow-principal User:wire "
        "--operation Write --transactional-id night- --resource-pattern-type prefixed"
    )


async def test_a_broker_without_rights_lacks_none(topics):
    assert not await allowed.missing(topics, rights.worker(topics))
