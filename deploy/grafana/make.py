"""Writes Grafana's dashboards from `dashboards.yaml`: `python deploy/grafana/make.py`; `--check` only compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from consumers.contracts.generated import command

HERE = Path(__file__).parent
SOURCE, OUT = HERE / "dashboards.yaml", HERE / "dashboards"
SOURCE_OF_DATA = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS, HEIGHT, STAT_HEIGHT, WIDTH = 24, 8, 4, 8
WHERE = {  # what a variable's choices are read from
    "job": "label_values(kawat_build_info, job)",
    "instance": 'label_values(kawat_build_info{job=~"$job"}, instance)',
    "outlet": 'label_values(kawat_outlet_stories_total{job=~"$job"}, outlet)',
    "language": 'label_values(kawat_outlet_stories_total{job=~"$job"}, language)',
}


def dashboards() -> dict[str, str]:
    """JSON of each dashboard by its file's name."""
    described = yaml.safe_load(SOURCE.read_text("utf-8"))
    return {
        f"{name}.json": json.dumps(_dashboard(name, one), indent=2, ensure_ascii=False) + "\n"
        for name, one in described.items()
    }


def _dashboard(name: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "uid": f"kawat-{name}",
        "title": described["title"],
        "description": described["what"],
        "tags": ["kawat"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,  # one crosshair over all panels
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "links": [
            {
                "type": "dashboards",
                "title": "Kawat",
                "tags": ["kawat"],
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
            }
        ],
        "annotations": {"list": [_alerts()]},
        "templating": {"list": [_datasource(), *_variables(described)]},
        "panels": list(_panels(described["rows"])),
    }


def _alerts() -> dict[str, Any]:
    """Firing alerts as marks on every panel."""
    return {
        "name": "Alerts",
        "datasource": SOURCE_OF_DATA,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{service="kawat", alertstate="firing"}',
        "titleFormat": "{{alertname}}",
        "textFormat": "{{severity}} {{instance}} {{outlet}}",
        "step": "30s",
    }


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _variables(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = WHERE | described.get("where", {})
    return (_variable(name, where[name]) for name in described["variables"])


def _variable(name: str, where: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": SOURCE_OF_DATA,
        "query": {"query": where, "refId": name},
        "refresh": 2,  # whenever the time range changes
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panels(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    number, y = 0, 0
    for row in rows:
        number += 1
        place = {"h": 1, "w": COLUMNS, "x": 0, "y": y}
        yield {"id": number, "type": "row", "title": row["title"], "collapsed": False, "gridPos": place}
        x, y, height = 0, y + 1, 0
        for described in row["panels"]:
            number += 1
            width = described.get("width", WIDTH)
            if x + width > COLUMNS:
                x, y = 0, y + height
            height = STAT_HEIGHT if described.get("kind") == "stat" else HEIGHT
            yield _panel(number, described, {"h": height, "w": width, "x": x, "y": y})
            x += width
        y += height


def _panel(number: int, described: dict[str, Any], place: dict[str, int]) -> dict[str, Any]:
    kind = described.get("kind", "timeseries")
    defaults: dict[str, Any] = {"unit": described["unit"], "min": 0}
    if "max" in described:
        defaults["max"] = described["max"]
    if kind == "stat" and described["unit"] == "short":
        defaults["decimals"] = 0  # an increase is reckoned to fractions
    options: dict[str, Any] = {}
    if kind == "timeseries":
        stacking = {"mode": "normal" if described.get("stack") else "none", "group": "A"}
        defaults["custom"] = {
            "lineWidth": 1,
            "fillOpacity": 25 if described.get("stack") else 8,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": stacking,
        }
        if "soft" in described:
            defaults["custom"]["axisSoftMax"] = described["soft"]
        options["legend"] = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
        options["tooltip"] = {"mode": "multi", "sort": "desc"}
    elif kind == "stat":
        options = {
            "graphMode": "area",
            "colorMode": "value",
            "textMode": "value"
            if len(described["queries"]) == 1 and "{{" not in str(described["queries"])
            else "value_and_name",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    elif kind == "heatmap":
        options = {
            "calculate": False,
            "yAxis": {"unit": described["unit"]},
            "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64},
            "cellGap": 1,
            "legend": {"show": True},
        }
    return {
        "id": number,
        "type": kind,
        "title": described["title"],
        "description": described["what"],
        "datasource": SOURCE_OF_DATA,
        "gridPos": place,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE_OF_DATA,
                "expr": expression,
                "legendFormat": legend,
                "format": "heatmap" if kind == "heatmap" else "time_series",
                "range": True,
            }
            for index, (legend, expression) in enumerate(described["queries"].items())
        ],
    }


if __name__ == "__main__":
    sys.exit(command(OUT, dashboards(), whole=True, about=__doc__))
