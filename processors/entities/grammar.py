"""The grammar of dates, times, sums, shares, quantities and laws: a pattern for each label, made of words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Rule:
    """One label's pattern.

    Attributes:
        pattern: matched at the start of a word.
        starts: words that an expression can start with; with `figures`, any number, too.
        not_after: words (any case) behind which it is a part of something else.
    """

    label: str
    pattern: re.Pattern[str]
    starts: frozenset[str]
    figures: bool
    not_after: frozenset[str] = field(default_factory=frozenset)

    def fits(self, words: list[str], starts: list[int], at: int) -> bool:
        """The word before the one at `at` lets an expression begin here."""
        if not at:
            return True
        before = words[at - 1]
        tight = starts[at] == starts[at - 1] + len(before)
        if self.label == "DATE":
            if before.lower() in self.not_after or before.isdigit() and not tight and words[at][0].islower():
                return False
            if words[at][0].isdigit() and (tight and (before in "./-–:$%," or before[0].isalnum())):
                return False
            # a year behind a capitalised word numbers it: "Liga Champions 2023", "Indonesia Emas 2045"
            year = words[at].isdigit() and len(words[at]) == 4
            return not (year and not tight and before[0].isupper() and before not in _BEFORE_YEARS)
        if words[at][0].isdigit():
            if tight and before[-1] in ".,:/-–" and at > 1 and words[at - 2][-1].isdigit():
                return False
            return before.lower() not in self.not_after and not (tight and before in self.not_after)
        return before.lower() not in self.not_after


_BEFORE_YEARS = frozenset(
    "Pada Sejak Tahun Hingga Sampai Akhir Awal Pertengahan Di Selama Sepanjang Dari Per Antara Setelah Sebelum Untuk Dalam In Since By".split()
)


def any_of(words: Iterable[str]) -> str:
    """An alternation of words, longest first, any white space between the words of one."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) + ")"


def load_words() -> dict[str, list[str]]:
    """The words of `data/measures.yaml`."""
    raw: Any = yaml.safe_load((resources.files(__package__) / "data" / "measures.yaml").read_text("utf-8"))
    return {str(key): [str(word) for word in values] for key, values in raw.items()}


def _cased(words: Iterable[str]) -> frozenset[str]:
    """The first words, as they are and capitalised."""
    firsts = {re.findall(r"\w+|[^\w\s]", word)[0] for word in words}
    return frozenset(firsts | {first.capitalize() for first in firsts if first.islower()})


def rules(words: dict[str, list[str]]) -> list[Rule]:
    """All rules, from the words of `data/measures.yaml`."""
    return [_date(words), _time(words), _money(words), _percent(words), _quantity(words), _law(words)]


NUMBER = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
YEAR = r"(?:(?:1[5-9]|20)\d\d)"
YEARS = rf"{YEAR}(?:\s?[-–—/]\s?(?:{YEAR}|\d\d)(?!\d))?(?:-an\b)?"
DAY = r"(?:[12]\d|3[01]|0?[1-9])"
NUMERIC = rf"{DAY}[/.-](?:1[0-2]|0?[1-9])(?:[/.-](?:{YEAR}|\d\d))?"


def _spelled(words: dict[str, list[str]]) -> str:
    one = any_of(words["number_words"])
    return rf"(?:(?i:{one})(?:\s+{one})*)"


def _date(words: dict[str, list[str]]) -> Rule:
    w = {key: any_of(values) for key, values in words.items()}
    amount = rf"(?:{NUMBER}|{_spelled(words)}|(?:beberapa|sekian|puluhan|belasan|ratusan|ribuan))"
    month, alone = rf"{w['months']}\b\.?", w["months_alone"]
    days = rf"{DAY}(?:\s?[-–—]\s?{DAY}\b|(?:,\s*{DAY}\b)*,?\s+(?:dan|hingga|sampai|s/d)\s+{DAY}\b)?"
    month_year = rf"{month}(?:,?\s+(?:tahun\s+)?{YEARS}(?![\d]))?"
    full = rf"{days}\s+{month_year}"
    full_year = rf"{days}\s+{month},?\s+(?:tahun\s+)?{YEAR}"
    dayname = w["weekdays"]
    to = r"\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d|s\.d\.?)\s*"
    pointer = w["pointers"]
    ordinal = rf"(?:ke-?\s?)?(?:I{{1,3}}V?|IV|[1-4])\b(?:\s?[/-]\s?(?:tahun\s+)?{YEAR}|\s+(?:tahun\s+)?{YEAR})?"
    period = any_of(words["periods"])
    edge = rf"(?i:{w['edges']})"
    forms = (
        rf"(?:[Hh]ari\s+)?{dayname}(?:,?\s+|,?)\(\s*(?:{full}|{NUMERIC})(?:{to}(?:{full}|{NUMERIC}))?\s*\)(?:\s+(?:lalu|kemarin|besok)\b)?",
        rf"(?:[Hh]ari\s+)?{dayname},?\s+(?:tanggal\s+)?(?:{full}|{NUMERIC})(?:{to}{full_year})?",
        rf"(?:[Tt]anggal\s+)?(?:{full}{to}{full}|{full})(?:\s+lalu\b(?!\s+lintas))?",
        rf"{DAY}[/-](?:1[0-2]|0?[1-9])[/-]{YEAR}\b",
        rf"(?:{edge}\s+)?(?:[Bb]ulan\s+)?{alone}{to}{month_year}",
        rf"(?:{edge}\s+)?(?:[Bb]ulan\s+)?{month}\s+(?:tahun\s+)?{YEARS}(?:{to}{month_year})?",
        rf"(?:{edge}\s+)?(?:[Tt]ahun|TAHUN)(?:\s+(?:anggaran|buku|ajaran|pelajaran|akademik|fiskal|takwim))?\s+{YEARS}\b",
        rf"(?:[Kk]uartal|[Ss]emester|[Tt]riwulan)\s+{ordinal}",
        rf"(?:[Kk]uartal|[Ss]emester|[Tt]riwulan|[Bb]ulan|[Pp]ekan|[Mm]usim)\s+(?:pertama|kedua|ketiga|keempat)\s+(?:(?:tahun\s+)?{YEAR}|tahun\s+{pointer}|{month_year})",
        rf"(?:{edge}\s+)?[Mm]usim\s+(?:(?:panas|dingin|gugur|semi|hujan|kemarau|haji)\s+)?(?:{YEARS}|(?:tahun\s+)?{pointer}\b)",
        rf"(?:(?:awal|akhir)\s+)(?:pekan|tahun|bulan|musim)\s+{pointer}\b",
        rf"{edge}\s+(?:tahun\b(?:\s+{YEAR})?|dekade\b|(?:bulan\s+)?{alone}\b|{YEARS}\b)",
        rf"(?:[Pp]agi|[Ss]iang|[Ss]ore|[Mm]alam)\s+(?:hari\s+)?ini\b",
        rf"(?:[Tt]ahun|[Bb]ulan|[Pp]ekan|[Mm]inggu|[Hh]ari)\s+{pointer}\b",
        rf"(?:tahun-tahun|hari-hari|bulan-bulan)\s+(?:sebelumnya|berikutnya|terakhir)\b",
        rf"{amount}\s+(?:{period}|waktu)\s+(?:yang\s+)?{w['spans_after']}\b",
        rf"[Bb]ulan\s+{alone}\b(?:\s+(?:ini|lalu|depan)\b)?",
        rf"[Tt]anggal\s+{DAY}\b(?!\s*[.,]\d)",
        rf"{alone}\b(?:\s+(?:ini|lalu|depan)\b)?",
        rf"(?:era|tahun)\s+\d\d-an\b|\d{{4}}-an\b|abad\s+ke-?\s?\d+",
        rf"(?:[Hh]ari\s+)?{dayname}\b(?:\s+(?:lalu|depan|besok|kemarin|mendatang)\b)?",
        rf"(?i:{w['relative']})\b",
        rf"{YEARS}(?![\w%/$²]|[.,:]\d|\s?{any_of(words['units'])}\b|\s+(?:orang|unit|rumah|kali|warga|peserta|siswa)\b)",
    )
    keys = ("weekdays", "months", "months_alone", "number_words", "relative", "edges")
    starts = _cased(word for key in keys for word in words[key]) | _cased(
        "hari tanggal bulan tahun kuartal semester triwulan pekan musim minggu pagi siang sore malam era abad beberapa "
        "sekian puluhan belasan ratusan ribuan TAHUN".split()
    )
    return Rule(
        "DATE",
        re.compile("|".join(forms)),
        starts,
        figures=True,
        not_after=frozenset(("nomor", "no", "pasal", "ayat", "pasar", "setiap", "tiap", "per", "berusia", "usia", "selama", *words["number_words"])),
    )


def _time(words: dict[str, list[str]]) -> Rule:
    clock = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?(?!\d)"
    zone, part = any_of(words["clock_zones"]), any_of(words["parts_of_day"])
    to = r"\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d)\s*"
    forms = (
        rf"(?:[Pp]ukul|PUKUL|[Jj]am)\s+{clock}(?:\s*{zone}\b)?(?:{to}(?:pukul\s+)?{clock})?(?:\s*{zone}\b|\s+{part}\b)?(?:\s+waktu\s+[A-Z]\w+)?",
        rf"(?:[Pp]ukul|[Jj]am)\s+(?:setengah\s+)?\d{{1,2}}(?![\d.,:]\d|\d)(?:\s*{zone}\b|\s+{part}\b)?(?:\s+{zone}\b)?",
        rf"[Jj]am\s+{_spelled(words)}(?:\s+{part}\b)?(?:\s+{zone}\b)?",
        rf"{clock}(?:\s*{zone})?(?:{to}{clock})?\s*{zone}\b",
    )
    return Rule(
        "TIME",
        re.compile("|".join(forms)),
        frozenset(("pukul", "Pukul", "PUKUL", "jam", "Jam")),
        figures=True,
        not_after=frozenset(words["number_words"]),
    )


def _money(words: dict[str, list[str]]) -> Rule:
    scale = rf"(?:\s?{any_of(words['scales'] + words['scales_plural'])}\b)"
    sign, unit = any_of(words["currency_before"]), any_of(words["currency_after"])
    worth = rf"{NUMBER}(?:,-)?(?:-an\b)?{scale}{{0,2}}(?:-an\b)?"
    forms = (
        rf"\(?{sign}\)?\.?\s?(?:{NUMBER}{scale}*[-–—]\s?(?:{sign}\s?)?)?{worth}(?:\s+{unit}\b)?",
        rf"(?:{NUMBER}\s?[-–]\s?)?(?:{NUMBER}|{_spelled(words)}){scale}*(?:\s+{NUMBER}{scale})*\s+{unit}\b(?:\s+\(AS\))?",
        rf"(?:(?i:puluhan|ratusan|belasan|ribuan|jutaan|miliaran|triliunan)\s+)+(?:(?:ribu|juta|miliar|triliun)\s+)?{unit}\b",
    )
    starts = _cased([*words["currency_before"], *words["number_words"], *words["scales_plural"], "belasan"])
    return Rule("MONEY", re.compile("|".join(forms)), starts, figures=True, not_after=frozenset(("rp", "$")))


def _percent(words: dict[str, list[str]]) -> Rule:
    number = rf"(?:{NUMBER}|{_spelled(words)})"
    sign = rf"(?:%|{any_of(words['percent_words'])}\b)"
    forms = (
        rf"{NUMBER}\s?%?\s?[-–—+]\s?{NUMBER}\s?{sign}",
        rf"{number}\s+(?:hingga|sampai(?:\s+dengan)?|ke|atau)\s+{number}\s?{sign}",
        rf"{number}\s?{sign}",
        rf"{NUMBER}\s+{any_of(words['percent_other'])}\b",
    )
    return Rule("PERCENT", re.compile("|".join(forms)), _cased([*words["number_words"], "belasan"]), figures=True)


def _quantity(words: dict[str, list[str]]) -> Rule:
    unit = rf"(?:{any_of(words['units'])}(?![\w²³]))"
    stored = r"(?:GB|TB|MB)"
    more = r"(?:\s?(?:ribu|juta|miliar|triliun))?"
    forms = (
        rf"{NUMBER}(?:\s?{stored})?(?:\s?/\s?{NUMBER}(?:\s?{stored})?)+(?<={stored[3:5]})(?!\w)",
        rf"(?:{NUMBER}\s?[-–—xX×]\s?)*{NUMBER}{more}(?:\s?|-){unit}",
        rf"{NUMBER}\s+(?:atau|x)\s+{NUMBER}\s?{unit}",
        rf"{_spelled(words)}\s+{unit}",
    )
    return Rule("QUANTITY", re.compile("|".join(forms)), _cased(words["number_words"]), figures=True, not_after=frozenset(("rp", "$")))


def _law(words: dict[str, list[str]]) -> Rule:
    law, part = any_of(words["laws"]), any_of(words["law_parts"])
    number = r"(?:[Nn]o(?:mor|\.)?[.:]?\s?(?:[A-Z]{1,4}\s)?[\w./-]*\d[\w./-]*(?:\s+[Tt]ahun\s+\d{4})?|\d+/\d{4}|\d+\s+[Tt]ahun\s+\d{4})"
    small = "(?:dan|atas|atau|di|dari|untuk|yang|serta|pada|dengan|antara|bagi|kepada|secara)"
    about = rf"(?:\s+[Tt]entang(?:\s+(?:[A-Z(][\w)-]*,?|{small}(?=\s)))+(?<!,))"
    named = r"(?:\s+(?:\([A-Z]\w*\)|(?:dan\s+)?[A-Z][\w-]*))"
    name = rf"{law}\b(?:{named}{{0,6}}?\s+{number}{about}?|{about}|{named}{{1,6}}(?:\s+{number})?|\s+1945\b)"
    code = r"(?:KUHP|KUHAP|KUHPerdata|UUD(?:\s+1945)?)\b"
    detail = r"(?:\s*(?:,|dan|atau|dan/atau|[Aa]yat|huruf|angka)?\s*(?:\(\d+\)|\d+[A-Z]?\b|[a-z]\b(?!\w)))"
    forms = (
        rf"{part}\s+\d+[A-Za-z]?\b{detail}*(?:,?\s+(?:{part}\s+\d+[A-Z]?{detail}*\s+)?(?:{name}|{code}))?",
        name,
        rf"{code}",
        rf"{any_of(words['rulings'])}(?:\s+(?:[A-Z][\w]*|\([A-Z]+\)|dan)){{0,6}}\s+{number}{about}?",
    )
    starts = _cased([*words["laws"], *words["law_parts"], *words["rulings"]])
    return Rule("LAW", re.compile("|".join(forms)), starts, figures=False)
