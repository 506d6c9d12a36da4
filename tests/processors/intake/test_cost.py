"""What intake costs the consumer: memory when imported, time per story."""

from __future__ import annotations

import subprocess
import sys
import time

from processors.intake import read

WEIGHT = """
import sys
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096
before = resident()
import processors.intake, processors.document
heavy = {"spacy", "trafilatura", "lingua", "dateparser", "jsonschema", "numpy"} & set(sys.modules)
assert not heavy, heavy
print(resident() - before)
"""


def test_importing_intake_and_document_takes_less_than_25_mb():
    run = subprocess.run([sys.executable, "-c", WEIGHT], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 25_000_000


def test_a_ninjs_story_of_3_kb_is_read_in_microseconds(wire):
    payload = (
        (wire / "ninjs-3.json").read_bytes().replace(b"said.</p>", b"said.</p>" + b"<p>More of it.</p>" * 100)
    )
    assert 2_900 < len(payload) < 3_500
    read(payload)
    # The best of many: other work on the machine only ever adds.
    best = min(_timed(payload) for _ in range(200))
    assert best < 100e-6


def _timed(payload: bytes) -> float:
    start = time.perf_counter()
    read(payload, content_type="application/json")
    return time.perf_counter() - start
