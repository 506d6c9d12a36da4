"""What a short run changes of the rules: their durations, and nothing else."""

import re

import pytest
import yaml

from bench.watch import DEPLOY, _shorter


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("expr: rate(kawat_x_total[1h])", "expr: rate(kawat_x_total[60s])"),
        ("expr: increase(kawat_x_total[1d] offset 1h)", "expr: increase(kawat_x_total[1440s] offset 60s)"),
        ("for: 10m", "for: 10s"),
        ("for: 5s", "for: 1s"),
        ("record: job:kawat_x:late_ratio_rate5m", "record: job:kawat_x:late_ratio_rate5m"),
        ("record: outlet:kawat_x:ratio1d_before", "record: outlet:kawat_x:ratio1d_before"),
        ("expr: x > 14.4 * 0.01", "expr: x > 14.4 * 0.01"),
        ("# an hour is 1h", "# an hour is 1h"),
    ],
)
def test_durations_are_divided_and_names_stay(text, shorter):
    assert _shorter(text, 60) == shorter


def test_shortened_rules_are_the_same_rules():
    for path in (DEPLOY / "prometheus/rules").glob("*.yml"):
        text = path.read_text("utf-8")
        real, short = yaml.safe_load(text), yaml.safe_load(_shorter(text, 60))
        for group, other in zip(real["groups"], short["groups"], strict=True):
            assert [rule.get("alert", rule.get("record")) for rule in group["rules"]] == [
                rule.get("alert", rule.get("record")) for rule in other["rules"]
            ]
        assert not re.search(r"\[\d+[mhd]\]", yaml.safe_dump(short))
