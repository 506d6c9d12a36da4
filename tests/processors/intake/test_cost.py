"""What intake costs the consumer: memory when imported. `bench.growth` says what a story costs."""

from __future__ import annotations

import subprocess
import sys

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
