"""The grammar of dates and times: ``Rabu (3/9/2025)``, ``kuartal I 2024``, ``tiga tahun lalu``, ``pukul 10.30 WIB``."""

from __future__ import annotations

import re

from processors.entities.rule import NUMBER, Rule, anywhere, calendar, first_words, spelled
from processors.wordlists import any_of

YEAR = r"(?:(?:1[5-9]|20)\d\d)"
YEARS = rf"{YEAR}(?:\s?[-–—/]\s?(?:{YEAR}|\d\d)(?!\d))?(?:-an\b)?"
DAY = r"(?:[12]\d|3[01]|0?[1-9])"
NUMERIC = rf"{DAY}[/.-](?:1[0-2]|0?[1-9])(?:[/.-](?:{YEAR}|\d\d))?"


def date(words: dict[str, list[str]]) -> Rule:
    """DATE: points and periods on the calendar; no durations, no ages."""
    w = {key: any_of(values) for key, values in words.items()}
    amount = rf"(?:{NUMBER}|{spelled(words)}|{any_of(words['vague_numbers'])})"
    month, alone = rf"{w['months']}\b\.?", w["months_alone"]
    days = rf"{DAY}(?:\s?[-–—]\s?{DAY}\b|(?:,\s*{DAY}\b){{0,6}},?\s+(?:dan|hingga|sampai|s/d)\s+{DAY}\b)?"
    month_year = rf"{month}(?:,?\s+(?:tahun\s+)?{YEARS}(?![\d]))?"
    full = rf"{days}\s+{month_year}"
    full_year = rf"{days}\s+{month},?\s+(?:tahun\s+)?{YEAR}"
    dayname = w["weekdays"]
    to = r"\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d|s\.d\.?)\s*"
    pointer = w["pointers"]
    ordinal = (
        rf"(?:ke-?\s?)?(?:I{{1,3}}V?|IV|[1-4])\b(?:\s?[/-]\s?(?:tahun\s+)?{YEAR}|\s+(?:tahun\s+)?{YEAR})?"
    )
    period = any_of(words["periods"])
    edge = rf"(?i:{w['edges']})"
    forms = (
        rf"(?:[Hh]ari\s+)?{dayname}(?:,?\s+|,?)\(\s*(?:{full}|{NUMERIC})(?:{to}(?:{full}|{NUMERIC}))?\s*\)",
        rf"(?:[Hh]ari\s+)?{dayname},?\s+(?:tanggal\s+)?(?:{full}|{NUMERIC})(?:{to}{full_year})?",
        rf"(?:[Tt]anggal\s+)?(?:{full}{to}{full}|{full})",
        rf"{DAY}[/-](?:1[0-2]|0?[1-9])[/-]{YEAR}\b",
        rf"(?:{edge}\s+)?(?:[Bb]ulan\s+)?{alone}{to}{month_year}",
        rf"(?:{edge}\s+)?(?:[Bb]ulan\s+)?{month}\s+(?:tahun\s+)?{YEARS}(?:{to}{month_year})?",
        rf"(?:{edge}\s+)?(?:[Tt]ahun|TAHUN)(?:\s+(?:anggaran|buku|ajaran|pelajaran|akademik|fiskal|takwim))?\s+{YEARS}\b",
        rf"(?:[Kk]uartal|[Ss]emester|[Tt]riwulan)\s+{ordinal}",
        rf"(?:[Kk]uartal|[Ss]emester|[Tt]riwulan|[Bb]ulan|[Pp]ekan|[Mm]usim)\s+(?:pertama|kedua|ketiga|keempat)\s+(?:(?:tahun\s+)?{YEAR}|tahun\s+{pointer}|{month_year})",
        rf"(?:{edge}\s+)?[Mm]usim\s+(?:(?:panas|dingin|gugur|semi|hujan|kemarau|haji)\s+)?(?:{YEARS}|(?:tahun\s+)?{pointer}\b)",
        rf"(?:(?:awal|akhir)\s+)(?:pekan|tahun|bulan|musim)\s+{pointer}\b",
        rf"{edge}\s+(?:tahun\b(?:\s+{YEAR})?|dekade\b|(?:bulan\s+)?{alone}\b|{YEARS}\b)",
        r"(?:[Pp]agi|[Ss]iang|[Ss]ore|[Mm]alam)\s+(?:hari\s+)?ini\b",
        rf"(?:[Tt]ahun|[Bb]ulan|[Pp]ekan|[Mm]inggu|[Hh]ari)\s+{pointer}\b",
        r"(?:tahun-tahun|hari-hari|bulan-bulan)\s+(?:sebelumnya|berikutnya|terakhir)\b",
        rf"{amount}\s+(?:{period}|waktu)\s+(?:yang\s+)?{w['spans_after']}\b",
        rf"[Bb]ulan\s+{alone}\b(?:\s+(?:ini|lalu|depan)\b)?",
        rf"[Tt]anggal\s+{DAY}\b(?!\s*[.,]\d)",
        rf"{alone}\b(?:\s+(?:ini|lalu|depan)\b)?",
        r"(?:era|tahun)\s+\d\d-an\b|\d{4}-an\b|abad\s+ke-?\s?\d+",
        rf"(?:[Hh]ari\s+)?{dayname}\b(?:\s+(?:lalu|depan|besok|kemarin|mendatang)\b)?",
        rf"(?i:{w['relative']})\b",
        rf"{YEARS}(?![\w%/$²]|[.,:]\d|\s?{any_of(words['units'])}\b|\s+(?:orang|unit|rumah|kali|warga|peserta|siswa)\b)",
    )
    keys = ("weekdays", "months", "months_alone", "number_words", "relative", "edges", "date_starts")
    return Rule(
        label="DATE",
        pattern=re.compile("|".join(forms)),
        starts=first_words(word for key in keys for word in words[key]),
        figures=True,
        fits=calendar(
            not_after=frozenset((*words["not_before_dates"], *words["number_words"])),
            before_years=frozenset(words["before_years"]),
        ),
    )


def time(words: dict[str, list[str]]) -> Rule:
    """TIME: clock times."""
    clock = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?(?!\d)"
    zone, part = any_of(words["clock_zones"]), any_of(words["parts_of_day"])
    to = r"\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d)\s*"
    forms = (
        rf"(?:[Pp]ukul|PUKUL|[Jj]am)\s+{clock}(?:\s*{zone}\b)?(?:{to}(?:pukul\s+)?{clock})?(?:\s*{zone}\b|\s+{part}\b)?(?:\s+waktu\s+[A-Z]\w+)?",
        rf"(?:[Pp]ukul|[Jj]am)\s+(?:setengah\s+)?\d{{1,2}}(?![\d.,:]\d|\d)(?:\s*{zone}\b|\s+{part}\b)?(?:\s+{zone}\b)?",
        rf"[Jj]am\s+{spelled(words)}(?:\s+{part}\b)?(?:\s+{zone}\b)?",
        rf"{clock}(?:\s*{zone})?(?:{to}{clock})?\s*{zone}\b",
    )
    return Rule(
        label="TIME",
        pattern=re.compile("|".join(forms)),
        starts=frozenset(("pukul", "Pukul", "PUKUL", "jam", "Jam")),
        figures=True,
        fits=anywhere(not_after=frozenset(words["number_words"]), counted=False),
    )
