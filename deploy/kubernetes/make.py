"""Writes what Kubernetes must be told of what the code says: topics, rights, alert rules.

`python deploy/kubernetes/make.py`; `--check` only compares. The sources are `config/topics.py`, `consumers/kafka/rights.py`
and `deploy/prometheus/rules`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from config.settings import Settings, load
from config.topics import TOPICS
from consumers.contracts.generated import command
from consumers.kafka.rights import ROLES, Right

HERE = Path(__file__).parent
RULES = HERE.parent / "prometheus/rules"
CLUSTER = {"strimzi.io/cluster": "kafka"}
KINDS = {"topic": "topic", "group": "group", "transactional-id": "transactionalId"}


def files() -> dict[str, str]:
    """Each file's text by its path below this folder."""
    base = yaml.safe_load((HERE / "base/kustomization.yaml").read_text("utf-8"))
    (literals,) = (one["literals"] for one in base["configMapGenerator"])
    settings, _ = load(environ=dict(literal.split("=", 1) for literal in literals))
    return {
        "overlays/strimzi/topics.yaml": _text("config/topics.py", topics(settings)),
        "overlays/strimzi/users.yaml": _text("consumers/kafka/rights.py", users(settings)),
        "components/monitoring/prometheusrule.yaml": _text("deploy/prometheus/rules", [rules()]),
    }


def topics(settings: Settings) -> Iterable[dict[str, Any]]:
    """A KafkaTopic each. Two of three copies must have a record before it counts as written."""
    for topic in TOPICS:
        yield {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaTopic",
            "metadata": {"name": settings.topic(topic.name), "labels": CLUSTER},
            "spec": {
                "partitions": settings.partitions,
                "replicas": settings.replication_factor,
                "config": {**topic.config, "min.insync.replicas": "2"},
            },
        }


def users(settings: Settings) -> Iterable[dict[str, Any]]:
    """A KafkaUser each, with exactly the rights of its part."""
    for role, rights in ROLES.items():
        yield {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaUser",
            "metadata": {"name": f"kawat-{role}", "labels": CLUSTER},
            "spec": {
                "authentication": {"type": "tls"},
                "authorization": {"type": "simple", "acls": list(_acls(rights(settings)))},
            },
        }


def _acls(rights: Iterable[Right]) -> Iterable[dict[str, Any]]:
    operations: dict[tuple[str, str, bool], list[str]] = {}
    for right in rights:
        operations.setdefault((right.kind, right.name, right.prefixed), []).append(right.operation)
    for (kind, name, prefixed), allowed in operations.items():
        yield {
            "resource": {
                "type": KINDS[kind],
                "name": name,
                "patternType": "prefix" if prefixed else "literal",
            },
            "operations": sorted(set(allowed)),
        }


def rules() -> dict[str, Any]:
    """The PrometheusRule."""
    read = (yaml.safe_load(path.read_text("utf-8")) for path in sorted(RULES.glob("*.yml")))
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "kawat"},
        "spec": {"groups": [group for one in read for group in one["groups"]]},
    }


class _Dumper(yaml.SafeDumper):
    """Without anchors: kustomize's output is read by people."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def _text(source: str, documents: Iterable[dict[str, Any]]) -> str:
    dumped = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# Written by deploy/kubernetes/make.py from {source}: change it there.\n{dumped}"


if __name__ == "__main__":
    sys.exit(command(HERE, files(), whole=False, about=__doc__))
