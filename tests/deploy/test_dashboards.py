"""Dashboards are what their description says, and keep the rules that make them readable at night."""

import importlib.util
import itertools
import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy/grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
UNITS = {"short", "cps", "ops", "s", "percentunit", "bytes"}
SCRAPED = {"job", "instance"}


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_dashboards", GRAFANA / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(path):
    return json.loads(path.read_text("utf-8"))


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


ALL = [
    pytest.param(load(path), panel, id=f"{path.stem}: {panel['title']}")
    for path in FILES
    for panel in panels(load(path))
]
each_dashboard = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_panel = pytest.mark.parametrize(("dashboard", "panel"), ALL)


def test_what_is_checked_in_is_what_the_description_says(make):
    assert {path.name: path.read_text("utf-8") for path in FILES} == make.dashboards()


def test_grafana_is_told_where_they_all_are():
    assert [path.stem for path in FILES] == ["language", "newswire", "readers", "worker"]
    assert len({load(path)["uid"] for path in FILES}) == len(FILES)
    generators = yaml.safe_load((GRAFANA / "kustomization.yaml").read_text("utf-8"))["configMapGenerator"]
    assert {file for one in generators for file in one["files"]} == {
        f"dashboards/{path.name}" for path in FILES
    }
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/kawat.yml").read_text("utf-8"))
    assert provider["providers"][0]["options"]["path"] == "/etc/grafana/dashboards"


@each_dashboard
def test_datasource_and_job_are_variables_and_nobody_edits_by_hand(path):
    dashboard = load(path)
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert "job" in variables
    assert not dashboard["editable"]
    for name, one in variables.items():
        if name != "datasource":
            assert one["datasource"]["uid"] == "${datasource}"
            assert one["multi"]
            assert one["includeAll"]


@each_dashboard
def test_panels_lie_side_by_side_and_ids_and_titles_are_unique(path):
    found = load(path)["panels"]
    places = [panel["gridPos"] for panel in found]
    for place in places:
        assert place["x"] + place["w"] <= 24
    for one, other in itertools.combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)
    assert len({panel["id"] for panel in found}) == len(found)
    titles = [panel["title"] for panel in found if panel["type"] != "row"]
    assert len(set(titles)) == len(titles)


@each_panel
def test_a_panel_has_title_description_unit_legend_and_the_chosen_data_source(dashboard, panel):
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert panel["datasource"]["uid"] == "${datasource}"
    assert panel["targets"]
    for target in panel["targets"]:
        assert target["legendFormat"]
        assert target["datasource"]["uid"] == "${datasource}"
    if panel["type"] == "timeseries":
        assert panel["options"]["legend"]["showLegend"]
    assert dashboard["title"].startswith("Kawat / ")


def selectors(expression):
    """(metric, labels asked, variables used, range) of each selector."""
    found = re.findall(r"([a-z_:][a-z0-9_:]*)\{([^}]*)\}(?:\[([^\]]+)\])?", expression)
    return [
        (metric, set(re.findall(r"(\w+)\s*(?:=~|=)", inside)), inside, window)
        for metric, inside, window in found
    ]


@pytest.fixture(scope="module")
def series(families):
    """Labels of each series."""
    found = {"up": set(SCRAPED)}
    for family in families:
        for name in family.series:
            found[name] = SCRAPED | family.labels | ({"le"} if name.endswith("_bucket") else set())
    for group in yaml.safe_load((ROOT / "deploy/prometheus/rules/recording.yml").read_text("utf-8"))[
        "groups"
    ]:
        for rule in group["rules"]:
            (by,) = set(re.findall(r"by \(([^)]*)\)", rule["expr"]))
            found[rule["record"]] = {*by.split(", "), *rule.get("labels", ())}
    return found


@each_panel
def test_a_query_asks_for_what_there_is_and_only_of_the_chosen_jobs(dashboard, panel, series):
    variables = {one["name"] for one in dashboard["templating"]["list"]} - {"datasource"}
    for target in panel["targets"]:
        asked = selectors(target["expr"])
        assert asked
        assert set(re.findall(r"\bkawat_\w+|\bprocess_\w+", target["expr"])) <= {
            part for metric, *_ in asked for part in (metric, *metric.split(":"))
        }
        for metric, labels, inside, _ in asked:
            assert labels <= series[metric], metric
            for variable in variables & series[metric]:
                assert f'{variable}=~"${variable}"' in inside, metric
        for by in re.findall(r"by \(([^)]*)\)", target["expr"]):
            assert any(set(by.split(", ")) <= series[metric] for metric, *_ in asked)
        for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
            assert any(label in series[metric] for metric, *_ in asked)


@pytest.mark.parametrize("panel", [pytest.param(one.values[1], id=one.id) for one in ALL])
def test_counters_are_shown_as_rates_over_a_window_that_fits_the_scrape_interval(panel):
    for target in panel["targets"]:
        for metric, _, _, window in selectors(target["expr"]):
            if metric.startswith(("kawat_", "process_")) and metric.endswith(
                ("_total", "_bucket", "_count", "_sum")
            ):
                assert window in {"$__rate_interval", "1h", "1d"}, metric
        for function, rest in re.findall(r"(rate|increase)\((\w+)", target["expr"]):
            assert rest.endswith(("_total", "_bucket", "_count", "_sum")), function


def test_every_metric_of_ours_is_on_a_dashboard(families):
    shown = {
        metric
        for path in FILES
        for panel in panels(load(path))
        for target in panel["targets"]
        for metric in re.findall(r"kawat_\w+", target["expr"])
    }
    shown = {re.sub(r"_(bucket|count|sum|total)$", "", metric) for metric in shown}
    ours = {family.name for family in families if family.name.startswith("kawat_")}
    totals = {"kawat_kept_characters", "kawat_removed_characters"}  # by outlet instead
    assert ours - shown == totals
