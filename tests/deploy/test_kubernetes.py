"""Manifests say what the code says; the check that builds them finds what is wrong with them."""

import copy
import importlib.util
from pathlib import Path

import pytest
import yaml

from config.settings import load

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"


def script(path):
    spec = importlib.util.spec_from_file_location(f"deploy_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make, check = script(KUBERNETES / "make.py"), script(ROOT / "deploy/check/kubernetes.py")


def documents(*names):
    return [one for name in names for one in yaml.safe_load_all((KUBERNETES / name).read_text("utf-8"))]


@pytest.fixture
def resources():
    """The base as kustomize would give it, as far as references go, with a broker."""
    base = yaml.safe_load((KUBERNETES / "base/kustomization.yaml").read_text("utf-8"))
    (generated,) = base["configMapGenerator"]
    data = dict(literal.split("=", 1) for literal in generated["literals"])
    data["KAWAT_BOOTSTRAP_SERVERS"] = "kafka:9092"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kawat"}, "data": data}
    found = [*documents(*(f"base/{name}" for name in base["resources"])), config]
    found += documents("components/keda/scaledobject.yaml")
    worker(found)["spec"]["template"]["spec"]["containers"][0]["image"] = "kawat:0.1.0"
    return found


def worker(resources):
    return next(one for one in resources if one["kind"] == "StatefulSet")


def of(resources, kind):
    return next(one for one in resources if one["kind"] == kind)


@pytest.mark.parametrize("name", make.files())
def test_what_is_written_from_the_code_is_up_to_date(name):
    """`python deploy/kubernetes/make.py` mends it."""
    assert (KUBERNETES / name).read_text("utf-8") == make.files()[name]


def test_the_base_is_without_fault(resources):
    assert [*check.misfits(resources), *check.strays(resources)] == []


def everything():
    """One resource of each kind that is checked in."""
    paths = [*KUBERNETES.glob("base/*.yaml"), *KUBERNETES.glob("*/*/*.yaml")]
    paths = [path for path in paths if not path.stem.endswith("-certificates")]  # patches
    every = [one for path in paths for one in yaml.safe_load_all(path.read_text("utf-8"))]
    every = [one for one in every if one and not one["apiVersion"].startswith("kustomize")]
    return {one["kind"]: one for one in every}


EVERY = everything()


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_kind_has_a_schema_that_knows_no_misspelt_field(kind):
    good = EVERY[kind]
    assert list(check.misfits([good])) == []
    for at in (None, "spec"):
        broken = copy.deepcopy(good)
        if at and not broken.get(at):
            continue
        (broken[at] if at else broken)["replicaz"] = 1
        assert list(check.misfits([broken])), at


def test_a_kind_without_a_schema_is_a_problem():
    assert list(check.misfits([{"kind": "Gizmo", "metadata": {"name": "x"}}]))


def spoil_selector(resources):
    of(resources, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] = (
        "kavat"
    )


def spoil_service(resources):
    worker(resources)["spec"]["serviceName"] = "nobody"


def spoil_image(resources):
    worker(resources)["spec"]["template"]["spec"]["containers"][0]["image"] = "kawat"


def spoil_volume(resources):
    worker(resources)["spec"]["volumeClaimTemplates"] = []


def spoil_setting(resources):
    of(resources, "ConfigMap")["data"]["KAWAT_PARTITIONZ"] = "1"


def spoil_partitions(resources):
    of(resources, "ConfigMap")["data"]["KAWAT_PARTITIONS"] = "3"


def spoil_grace(resources):
    worker(resources)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 30


def spoil_drain(resources):
    of(resources, "ConfigMap")["data"]["KAWAT_DRAIN_TIMEOUT_MS"] = "5000"


def spoil_certificate(resources):
    of(resources, "ConfigMap")["data"] |= {
        "KAWAT_SECURITY_PROTOCOL": "SSL",
        "KAWAT_TLS_CA_FILE": "/etc/kawat/ca.crt",
    }


def spoil_secret(resources):
    volumes = worker(resources)["spec"]["template"]["spec"]["volumes"]
    volumes.append({"name": "user", "secret": {"secretName": "nobody-makes-it"}})


@pytest.mark.parametrize(
    "spoil",
    [value for name, value in globals().items() if name.startswith("spoil_")],
    ids=lambda f: f.__name__,
)
def test_a_fault_is_found(resources, spoil):
    spoil(resources)
    assert len(list(check.strays(resources))) == 1


def test_pods_run_without_rights_and_each_worker_under_the_name_of_its_pod():
    for one in (EVERY["StatefulSet"], EVERY["Job"], *documents("components/insights/deployment.yaml")):
        pod = one["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
    (container,) = EVERY["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [
        {"name": "KAWAT_INSTANCE_ID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    ]
    assert {
        probe: container[probe]["httpGet"]["path"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    } == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_what_is_scraped_and_probed_is_a_port_that_is_there_and_that_is_let_in():
    settings, _ = load(environ={})
    ports = {"worker": settings.http_port, "insights": settings.insights_http_port}
    pods = {"worker": EVERY["StatefulSet"], "insights": documents("components/insights/deployment.yaml")[0]}
    monitors = documents("components/monitoring/podmonitor.yaml")
    for component, port in ports.items():
        (container,) = pods[component]["spec"]["template"]["spec"]["containers"]
        (named,) = container["ports"]
        assert named["containerPort"] == port
        for probe in ("livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] == named["name"]
        (monitor,) = [
            one
            for one in monitors
            if one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] == component
        ]
        assert [one["port"] for one in monitor["spec"]["podMetricsEndpoints"]] == [named["name"]]
    (let_in,) = documents("base/networkpolicy.yaml")[0]["spec"]["ingress"]
    assert {one["port"] for one in let_in["ports"]} == set(ports.values())
