import os
import subprocess
import sys

import pytest

from processors.language import Languages, primary_subtag

INDONESIAN = (
    "Wali kota meninjau pembangunan pasar baru dan berharap pedagang segera pindah sebelum musim hujan tiba."
)
ENGLISH = (
    "The mayor visited the new market and said that traders should move in before the rainy season starts."
)


@pytest.fixture(scope="module")
def languages():
    return Languages.load()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (INDONESIAN, "id"),
        (ENGLISH, "en"),
        ("Harga cabai turun", "id"),
        ("Prices keep falling", "en"),
        (
            "Beliau berkata kerajaan negeri akan membantu mangsa banjir dengan segera kerana keadaan semakin teruk.",
            "ms",
        ),
        ("", None),
        ("12 34 -- 56", None),
    ],
)
def test_the_language_is_told_from_the_text(languages, text, language):
    assert languages.detect(text) == language


def test_what_the_newsroom_states_is_kept_as_it_is(languages):
    assert languages.decide(INDONESIAN, "id-ID") == "id-ID"


def test_a_clear_contradiction_overrules_the_newsroom(languages):
    assert languages.decide(ENGLISH, "id") == "en"
    assert languages.decide(INDONESIAN, "en-US") == "id"


def test_indonesian_and_malay_are_too_close_to_overrule(languages):
    assert languages.decide(INDONESIAN, "ms") == "ms"


def test_a_language_that_is_not_known_is_trusted(languages):
    assert languages.decide(INDONESIAN, "jv") == "jv"


def test_an_absent_or_empty_statement_is_filled_in(languages):
    assert languages.decide(INDONESIAN, None) == "id"
    assert languages.decide(ENGLISH, " ") == "en"


def test_text_without_letters_keeps_the_statement(languages):
    assert languages.decide("1 2 3", "id") == "id"


def test_primary_subtag_takes_either_separator():
    assert [primary_subtag(tag) for tag in ("id-ID", "en_US", "ms", "", None)] == [
        "id",
        "en",
        "ms",
        None,
        None,
    ]


FORKED = """
import os, threading
from pathlib import Path
from processors.language import Languages

languages = Languages.load()
assert threading.active_count() == len(list(Path("/proc/self/task").iterdir())), "lingua started threads of its own"
child = os.fork()
if child == 0:
    os._exit(0 if languages.decide(os.environ["ENGLISH"], None) == "en" else 1)
assert os.waitpid(child, 0)[1] == 0
"""


FORK = """
import os, sys
from pathlib import Path
from processors.language import Languages

languages = Languages.load()
threads = len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 1
child = os.fork()
if child == 0:
    os._exit(0 if languages.decide("The mayor visited the new market before the rainy season.", None) == "en" else 1)
print(threads, os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.timeout(60)
def test_loading_starts_no_thread_and_the_detector_works_in_a_forked_child():
    out = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=50)
    assert out.stdout.split() == ["1", "0"]
