import json

import pytest

from bench.quality import BASELINE, MEASURES, MODELS, TOLERANCE, compare, figures

REPORT = {
    "cleaning": {"kept": 99.5, "left": 2.0},
    "entities": {"all": {"f1": 80.0}, "core": {"f1": 90.0}},
    "names": {"PERSON": 97.0},
    "quotes": {"marked": {"f1": 95.0}, "indirect": {"f1": 70.0}},
    "speaker": {"name_marked": 93.0, "named_precision": 94.0},
    "quote+speaker": {"f1": 88.0},
}


def lost(before, now):
    return [change.name for change in compare(before, now) if change.lost]


def test_every_measure_is_found_in_a_report():
    assert None not in figures(REPORT).values()
    assert set(figures(REPORT)) == set(MEASURES)


def test_the_same_figures_lose_nothing():
    assert lost(figures(REPORT), figures(REPORT)) == []


@pytest.mark.parametrize("name", [name for name in MEASURES if name != "cleaning.left"])
def test_a_figure_that_falls_beyond_the_tolerance_is_lost_and_one_within_is_not(name):
    before = figures(REPORT)
    assert lost(before, before | {name: before[name] - TOLERANCE - 0.01}) == [name]
    assert lost(before, before | {name: before[name] - TOLERANCE + 0.01}) == []
    assert lost(before, before | {name: 100.0}) == []


def test_more_boilerplate_left_is_a_loss_and_less_is_none():
    before = figures(REPORT)
    assert lost(before, before | {"cleaning.left": 2.5}) == ["cleaning.left"]
    assert lost(before, before | {"cleaning.left": 0.0}) == []


def test_a_measure_that_is_gone_is_lost():
    before = figures(REPORT)
    assert lost(before, figures({**REPORT, "names": {}})) == ["names.PERSON"]


def test_a_new_measure_is_no_loss():
    assert lost({}, figures(REPORT)) == []


def test_the_baseline_holds_every_measure_of_every_model():
    held = json.loads(BASELINE.read_text("utf-8"))["measures"]
    assert {model: set(measures) for model, measures in held.items()} == {
        model: set(MEASURES) for model in MODELS
    }
