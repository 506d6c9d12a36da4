"""Dates of the wire become aware moments; what is no date becomes None."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.intake.moments import embargo, moment, stamp


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T03:00:00Z"),
        ("2026-11-24T10:00:00+0700", "2026-11-24T03:00:00Z"),
        ("20261124T100000+0700", "2026-11-24T03:00:00Z"),
        ("2026-11-24 10:00", "2026-11-24T10:00:00Z"),
        ("2026-11-24", "2026-11-24T00:00:00Z"),
        ("2026-11-24T10:00:00.1234567Z", "2026-11-24T10:00:00.123456Z"),
        (" Tue, 24 Nov 2026 10:00:00 +0700 ", "2026-11-24T03:00:00Z"),
        ("Tue, 24 Nov 2026 10:00:00 GMT", "2026-11-24T10:00:00Z"),
        ("Sel, 24 Nov 2026 10:00:00 WIB", "2026-11-24T03:00:00Z"),
        ("Selasa, 24 November 2026 10:00 WITA", "2026-11-24T02:00:00Z"),
        ("Sen, 24 Agu 2026 10:00:00 +0700", "2026-08-24T03:00:00Z"),
        ("Rabu, 7 Oktober 2026 | 21:15 WIT", "2026-10-07T12:15:00Z"),
        ("5 Mei 2026", "2026-05-05T00:00:00Z"),
        ("Nov 24, 2026 10:00 AM", "2026-11-24T10:00:00Z"),
    ],
)
def test_a_date_is_read(written, meant):
    read_as = moment(written, words=True)
    assert read_as is not None
    assert read_as.tzinfo is UTC
    assert stamp(read_as) == meant


@pytest.mark.parametrize(
    "written",
    [None, 3, "", "  ", "Last Tuesday", "kemarin", "2 jam lalu", "24 November", "2026", "0001-01-01", "9999-12-31",
     "2026-13-01", "2026-02-30T10:00:00Z", "x" * 500, "24 Nov 99999", "11/2026"],
)  # fmt: skip
def test_what_is_no_whole_date_of_our_times_is_none(written):
    assert moment(written, words=True) is None


@settings(deadline=None)  # the first odd text imports dateparser
@given(st.text(max_size=70))
def test_any_text_is_a_date_or_none(written):
    read_as = moment(written, words=True)
    assert read_as is None or 1900 < read_as.year < 2200


def test_an_embargo_that_is_no_date_has_no_end():
    assert embargo(None) == (None, False)
    assert embargo("2026-11-24T10:00:00Z") == (datetime(2026, 11, 24, 10, tzinfo=UTC), False)
    assert embargo("Next Monday") == (None, True)
    assert embargo("") == (None, True)


def test_dateparser_is_imported_only_for_dates_in_words():
    program = (
        "import sys; from processors.intake.moments import moment; "
        "moment('2026-11-24', words=True); moment('Sen, 24 Agu 2026 10:00:00 WIB', words=True); moment('5 Mei 2026'); "
        "assert 'dateparser' not in sys.modules; moment('5 Mei 2026', words=True); assert 'dateparser' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
