"""A benchmark's result says whether it is good enough, and the page shows the newest of each."""

import json

from bench.report import Result, machine, merge, page, text
from bench.rig import quantiles, rate


def made(name, reached):
    result = Result(name, f"About {name}")
    result.figure("stories/s", 12.345)
    result.at_least("a ratio", reached, 0.95)
    result.at_most("a delay, ms", 70, 60)
    return result


def test_targets_are_met_at_the_limit_and_missed_beyond_it():
    result = made("tax", 0.95)
    assert [(target.text, target.met) for target in result.targets] == [
        ("a ratio >= 0.95", True),
        ("a delay, ms <= 60", False),
    ]
    assert not made("tax", 0.949).targets[0].met


def test_a_missed_target_is_called_so_in_the_terminal_and_on_the_page(tmp_path):
    assert "MISSED a delay, ms <= 60: 70" in text(made("tax", 1))
    known = merge(tmp_path / "b.json", [made("tax", 1)], {"processor": "x"})
    assert "| a delay, ms <= 60 | 70 | **missed** |" in page(known, ["tax"])


def test_a_new_result_replaces_its_predecessor_and_leaves_the_others(tmp_path):
    file = tmp_path / "benchmarks.json"
    merge(file, [made("tax", 0.5), made("copy", 0.6)], {"processor": "old"})
    known = merge(file, [made("tax", 0.7)], {"processor": "new"})
    assert known == json.loads(file.read_text("utf-8"))
    assert known["tax"]["targets"][0]["reached"] == 0.7
    shown = page(known, ["tax", "copy"])
    assert shown.index("About tax") < shown.index("About copy")
    assert "1. processor: new" in shown
    assert "2. processor: old" in shown


def test_the_machine_is_described_with_what_somebody_needs_to_compare():
    where = machine("4.4.0")
    assert {"processor", "memory", "load before", "java", "python", "Apache Kafka"} <= where.keys()


def test_a_rate_leaves_out_the_start_and_the_stragglers():
    steady = [1_000 + 10 * n for n in range(1_000)]
    late = [*steady[:990], *(60_000 + n for n in range(10))]
    assert round(rate(steady)) == round(rate(late)) == 100


def test_quantiles_are_values_that_were_seen():
    assert quantiles(list(range(101))) == {"p50": 50, "p90": 90, "p99": 99, "max": 100}
