"""Builds each overlay as `kubectl kustomize` does, and checks what comes out: schemas, and that things find each other.

`python deploy/check/kubernetes.py --kubectl PATH`. Schemas are the official ones (tests/vendor/kubernetes), strict: what
they don't know is an error. No cluster is asked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from config.settings import Settings, SettingsError, load
from consumers.worker import CLOSE_MS

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = ROOT / "deploy/kubernetes/overlays"
SCHEMAS = ROOT / "tests/vendor/kubernetes"
WORKLOADS = {"StatefulSet", "Deployment", "Job"}
FROM_OPERATORS = {"kafka-cluster-ca-cert"}  # Strimzi makes it; a user's secret is named as the user
STOP_S, SLACK_S = 10, 5  # to end the processes; to write a batch and what is around its slow story
Resource = dict[str, Any]
Named = dict[tuple[str, str], Resource]


def built(overlay: Path, kubectl: str) -> list[Resource]:
    """The resources of an overlay.

    Raises:
        CalledProcessError: kustomize refuses it.
    """
    done = subprocess.run([kubectl, "kustomize", str(overlay)], check=True, capture_output=True, text=True)
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def schema(kind: str) -> dict[str, Any]:
    """The strict schema of a kind. Raises KeyError when there is none."""
    core = json.loads(gzip.decompress((SCHEMAS / "kubernetes-1.34.json.gz").read_bytes()))
    if kind in core["kinds"]:
        return {"$ref": f"#/$defs/{core['kinds'][kind]}", "$defs": core["$defs"]}
    path = SCHEMAS / f"{kind}.json.gz"
    if not path.exists():
        raise KeyError(kind)
    read: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return _strict(read)


def _strict(node: Any) -> Any:
    """What is not named is forbidden, as `kubectl --validate=strict` has it."""
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: value if key in {"enum", "default"} else _strict(value) for key, value in node.items()}
    open_ended = node.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in node
    if isinstance(node.get("properties"), dict) and not open_ended:
        made["additionalProperties"] = False
    return made


def misfits(resources: list[Resource]) -> Iterator[str]:
    """Where a resource breaks its schema."""
    for one in resources:
        try:
            validator = Draft202012Validator(schema(one["kind"]))
        except KeyError:
            yield f"{name_of(one)}: no schema to check it against"
            continue
        for error in validator.iter_errors(one):
            yield f"{name_of(one)}: {error.json_path}: {error.message[:200]}"


def name_of(resource: Resource) -> str:
    return f"{resource['kind']} {resource['metadata']['name']}"


def strays(resources: list[Resource]) -> Iterator[str]:
    """References that lead nowhere, and settings that are none."""
    named = {(one["kind"], one["metadata"]["name"]): one for one in resources}
    pods = [one for one in resources if one["kind"] in WORKLOADS]
    yield from _selectors(resources, pods)
    for one in pods:
        yield from (f"{name_of(one)}: {problem}" for problem in _references(one, named))
        yield from (f"{name_of(one)}: {problem}" for problem in _settings(one, named))


def _selectors(resources: list[Resource], pods: list[Resource]) -> Iterator[str]:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in pods]
    for one in resources:
        for at in ("selector", "podSelector"):
            if selector := one.get("spec", {}).get(at):
                chosen = selector.get("matchLabels", selector)
                if not any(chosen.items() <= found.items() for found in labels):
                    yield f"{name_of(one)}: {at} {chosen} chooses no pod"


def _references(one: Resource, named: Named) -> Iterator[str]:
    spec, template = one["spec"], one["spec"]["template"]["spec"]
    if one["kind"] == "StatefulSet" and ("Service", spec["serviceName"]) not in named:
        yield f"there is no service {spec['serviceName']}"
    if ("ServiceAccount", template["serviceAccountName"]) not in named:
        yield f"there is no service account {template['serviceAccountName']}"
    secrets = FROM_OPERATORS | {name for kind, name in named if kind == "KafkaUser"}
    volumes = {volume["name"]: volume for volume in template.get("volumes", ())}
    for volume in volumes.values():
        if "secret" in volume and volume["secret"]["secretName"] not in secrets:
            yield f"nobody makes the secret {volume['secret']['secretName']}"
    claims = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", ())}
    for container in template["containers"]:
        if ":" not in container["image"]:
            yield f"the image {container['image']} is not pinned"
        missing = {mount["name"] for mount in container.get("volumeMounts", ())} - set(volumes) - claims
        if missing:
            yield f"there are no volumes {sorted(missing)}"


def _settings(one: Resource, named: Named) -> Iterator[str]:
    template = one["spec"]["template"]["spec"]
    (container,) = template["containers"]
    environment = {entry["name"]: "kawat-worker-0" for entry in container.get("env", ())}
    for source in container["envFrom"]:
        name = source["configMapRef"]["name"]
        if ("ConfigMap", name) not in named:
            yield f"there is no config map {name}"
            return
        environment |= named["ConfigMap", name]["data"]
    try:
        settings, _ = load(environ=environment)
    except SettingsError as error:
        yield str(error)
        return
    mounted = [mount["mountPath"] for mount in container.get("volumeMounts", ())]
    for field in ("tls_ca_file", "tls_certificate_file", "tls_key_file"):
        path = getattr(settings, field)
        if path and str(path.parent) not in mounted:
            yield f"{field} {path} is not mounted"
    if one["kind"] == "StatefulSet":
        yield from _drain(settings, template["terminationGracePeriodSeconds"])
        for (kind, _), scaled in named.items():
            if kind == "ScaledObject":
                yield from _scaling(settings, scaled["spec"])


def _drain(settings: Settings, grace_s: int) -> Iterator[str]:
    drain_s = (settings.drain_timeout_ms + CLOSE_MS) / 1000
    if grace_s < drain_s + STOP_S:
        yield f"draining and leaving take {drain_s + STOP_S:.0f} s at most, its grace is {grace_s} s"
    if settings.drain_timeout_ms / 1000 < settings.story_timeout_s + SLACK_S:
        yield "a batch with one story at its time limit is not finished within drain_timeout_ms"


def _scaling(settings: Settings, spec: Resource) -> Iterator[str]:
    if not 1 <= spec["minReplicaCount"] <= spec["maxReplicaCount"]:
        yield "scaled to fewer workers at most than at least, or to none"
    if spec["maxReplicaCount"] != settings.partitions:
        yield f"scaled to {spec['maxReplicaCount']} workers at most, and there are {settings.partitions} partitions"
    for trigger in spec["triggers"]:
        if trigger["metadata"]["bootstrapServers"] != settings.bootstrap_servers:
            yield "scaled by another Kafka than it reads"
        if trigger["metadata"]["consumerGroup"] != settings.group:
            yield "scaled by another group than its own"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubectl", default="kubectl")
    kubectl = parser.parse_args().kubectl
    wrong = 0
    for overlay in sorted(path for path in OVERLAYS.iterdir() if path.is_dir()):
        resources = built(overlay, kubectl)
        found = [*misfits(resources), *strays(resources)]
        print(f"{overlay.name}: {len(resources)} resources, {len(found)} problems")
        for problem in found:
            print(f"  {problem}")
        wrong += len(found)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
