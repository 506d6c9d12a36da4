"""DATE, TIME, MONEY, PERCENT, QUANTITY and LAW: expressions with a grammar, found by rule.

Follows how Indonesian news writes them: ``Rabu (3/9/2025)``, ``pukul 10.30 WIB``, ``Rp 1,5 miliar``, ``5,2 persen``,
``10 kilometer``, ``Pasal 340 KUHP``. The words are data (`data/measures.yaml`), the grammar is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

import yaml
from spacy.language import Language
from spacy.tokens import Doc, Span

from processors.entities.words import span

GROUP = "measures"  # key of `Doc.spans`


def any_of(words: Iterable[str]) -> str:
    """An alternation of literals, longest first."""
    return (
        "(?:"
        + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
        + ")"
    )


def patterns(words: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """A pattern for each label, from the words of `data/measures.yaml`."""
    w = {key: any_of(values) for key, values in words.items()}
    number = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
    spelled = rf"(?:{w['number_words']}(?:\s+{w['number_words']})*)"
    amount = rf"(?:{number}|{spelled})"
    year = r"(?:(?:1[5-9]|20)\d\d)"
    years = rf"{year}(?:\s?[-–—/]\s?(?:{year}|\d\d))?(?:-an)?"
    day = r"(?:[12]\d|3[01]|0?[1-9])"
    numeric = rf"{day}[/.-](?:1[0-2]|0?[1-9])(?:[/.-](?:{year}|\d\d))?"
    dayname = rf"{w['weekdays']}(?:\s+{w['parts_of_day']})?"
    days = rf"{day}(?:\s?[-–—]\s?{day}|(?:,\s*{day})*(?:,?\s+(?:dan|hingga|sampai|s/d)\s+){day})?"
    month = rf"{w['months']}\b\.?"
    month_year = rf"{month}(?:,?\s+(?:tahun\s+)?{years})?"
    full = rf"{days}\s+{month_year}"
    ordinal = rf"(?:ke-?\s?)?(?:I{{1,3}}V?|IV|[1-4])(?:\s?[/-]\s?(?:tahun\s+)?{year}|\s+(?:tahun\s+)?{year})?"
    pointer = w["pointers"]
    date = "|".join(
        (
            rf"(?:hari\s+)?{dayname},?\s*\(\s*(?:{numeric}|{full})(?:\s*[-–]\s*(?:{numeric}|{full}))?\s*\)",
            rf"(?:hari\s+)?{dayname},?\s+(?:tanggal\s+)?(?:{full}|{numeric})",
            rf"(?:tanggal\s+)?{full}(?:\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d)\s*{full})?",
            rf"\b{day}[/-](?:1[0-2]|0?[1-9])[/-]{year}",
            rf"(?:{w['edges']}\s+)?(?:bulan\s+)?{w['months']}\s+(?:tahun\s+)?{years}(?:\s*(?:[-–—]|hingga|sampai)\s*{month_year})?",
            rf"(?:{w['edges']}\s+)?(?:[Tt]ahun|TAHUN)(?:\s+(?:anggaran|buku|ajaran|pelajaran|akademik|fiskal|takwim))?\s+{years}(?:\s+ini)?\b",
            rf"(?:sepanjang\s+)?(?:[Kk]uartal|[Ss]emester|[Tt]riwulan)\s+{ordinal}",
            rf"(?:[Kk]uartal|[Ss]emester|[Tt]riwulan|[Bb]ulan|[Pp]ekan|[Mm]usim)\s+(?:pertama|kedua|ketiga|keempat)(?:\s+(?:tahun\s+)?{year}|\s+tahun\s+{pointer})",
            rf"[Mm]usim\s+(?:(?:panas|dingin|gugur|semi|hujan|kemarau|haji)\s+)?(?:{years}|{pointer})",
            rf"(?:{w['edges']}\s+)?(?:tahun|bulan|pekan|minggu|musim|hari|Tahun|Bulan|Pekan|Hari)\s+(?:{pointer})\b",
            rf"{w['edges']}\s+(?:tahun|bulan|pekan|minggu|dekade)(?:\s+{pointer}|\s+{year})?",
            rf"{w['edges']}\s+(?:{years}|{w['months_alone']}(?:\s+{pointer})?)\b",
            rf"(?:{amount}|{number}\s*[-–]\s*{number})\s+(?:tahun|bulan|pekan|minggu|hari|dekade|musim|abad|waktu)\s+(?:yang\s+)?{w['spans_after']}\b",
            rf"(?:bulan|Bulan)\s+{w['months_alone']}\b",
            rf"tanggal\s+{day}\b(?!\s*[.,]\d)",
            rf"(?:{w['edges']}\s+)?{w['months_alone']}(?:\s+(?:ini|lalu|depan|mendatang|kemarin))?\b",
            rf"(?:era|tahun)\s+\d\d-an|\d{{4}}-an|abad\s+ke-?\s?\d+",
            rf"(?:hari\s+)?{dayname}\b(?:\s+(?:ini|lalu|depan|besok|kemarin|mendatang))?",
            rf"(?:{w['relative']})\b",
            rf"(?<![\w.,/$-]){years}(?![\w%/$]|[.,]\d)",
        )
    )
    clock = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?"
    zone = w["clock_zones"]
    time = "|".join(
        (
            rf"(?:[Pp]ukul|[Jj]am)\s+(?:{clock}|\d{{1,2}}(?![\d.,:]\d))(?:\s*{zone})?(?:\s*(?:[-–—]|hingga|sampai(?:\s+dengan)?|s/d)\s*(?:pukul\s+)?{clock})?(?:\s+{w['parts_of_day']})?(?:\s*{zone})?\b",
            rf"(?:[Jj]am)\s+(?:setengah\s+)?{spelled}(?:\s+{w['parts_of_day']})?(?:\s+{zone})?\b",
            rf"{clock}(?:\s*{zone})?(?:\s*[-–—]\s*{clock})?\s*{zone}\b",
        )
    )
    scale = rf"(?:\s?(?:{w['scales']}|{w['scales_plural']})\b)"
    sign = rf"(?:{w['currency_before']}\.?)"
    worth = rf"{number}(?:,-)?(?:{scale}){{0,2}}(?:-an)?"
    # "Rp" may stand right before its number, so only its left side needs a word border
    money = "|".join(
        (
            rf"(?<!\w){sign}\s?{worth}(?:\s?(?:[-–—]|hingga|sampai(?:\s+dengan)?|ke)\s?(?:{sign}\s?)?{worth})?(?:\s+{w['currency_after']}\b)?",
            rf"(?:{number}\s?[-–]\s?)?{amount}{scale}*(?:\s+{number}{scale})*\s+{w['currency_after']}\b(?:\s+\(AS\))?",
            rf"(?:(?:puluhan|ratusan|belasan|ribuan|jutaan|miliaran|triliunan)\s+)+(?:(?:ribu|juta|miliar|triliun)\s+)?(?:{w['currency_after']})\b",
        )
    )
    percent_number = rf"(?:{number}|{spelled})"
    percent = (
        rf"(?:(?:minus|plus)\s+)?{percent_number}(?:\s?(?:%|{w['percent_words']}))?"
        rf"(?:\s?[-–—]\s?|\s+(?:hingga|sampai(?:\s+dengan)?|ke)\s+){percent_number}\s?(?:%|{w['percent_words']}\b)"
        rf"|(?:minus\s+)?{percent_number}\s?(?:%|{w['percent_words']}\b)|{number}\s+{w['percent_other']}\b"
    )
    unit = rf"(?:{w['units']}(?![\w²³]))"
    quantity = (
        rf"(?:{number}\s?(?:{unit}\s?)?(?:[-–—/xX]|hingga|sampai(?:\s+dengan)?)\s?)?{number}(?:\s?(?:ribu|juta|miliar|triliun))?\s?{unit}"
        rf"|{spelled}\s+{unit}"
    )
    law_number = r"(?:[Nn]o(?:mor|\.)?:?\s?[\w./-]*\d[\w./-]*(?:/[\w.-]+)*(?:\s+[Tt]ahun\s+\d{4})?)"
    about = r"(?:\s+[Tt]entang(?:\s+(?:[A-Z][\w-]*|dan|atas|atau|di|dari|untuk|yang|serta|pada|dengan|antara|bagi|kepada)(?=\W))+)"
    named = r"(?:\s+(?:\([A-Z]\w*\)|[A-Z][\w-]*))"
    law_name = rf"{w['laws']}\b{named}{{0,6}}"
    law = "|".join(
        (
            rf"{w['law_parts']}\s+\d+[A-Z]?(?:\s*(?:,|dan|atau|jo\.?|juncto|ayat|Ayat|huruf|angka|pasal|Pasal|subsider|\(\d+\)|\d+[A-Z]?|[a-z]\b)\s*)*(?:\s*{law_name}(?:\s+{law_number})?{about}?)?",
            rf"{law_name}\s+{law_number}{about}?",
            rf"(?:{w['laws']})\b{named}{{1,6}}|(?:KUHP|KUHAP|KUHPerdata|UUD)\b(?:\s+1945)?",
        )
    )
    return {
        "LAW": re.compile(rf"\b(?:{law})"),
        "MONEY": re.compile(money),
        "PERCENT": re.compile(rf"(?<![\w.,])(?:{percent})"),
        "QUANTITY": re.compile(rf"(?<![\w.,])(?:{quantity})"),
        "TIME": re.compile(rf"\b(?:{time})"),
        "DATE": re.compile(rf"(?<![\w])(?:{date})"),
    }


def load_words() -> dict[str, list[str]]:
    """The words of `data/measures.yaml`."""
    raw: Any = yaml.safe_load((resources.files(__package__) / "data" / "measures.yaml").read_text("utf-8"))
    return {str(key): [str(word) for word in values] for key, values in raw.items()}


class Measures:
    """Pipeline component: puts its spans into ``doc.spans[GROUP]``, not overlapping."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        """`words` are those of `load_words`."""
        self._patterns = patterns(words)

    def __call__(self, doc: Doc) -> Doc:
        """Find all expressions; where two overlap the longer one stands."""
        found = sorted(self._find(doc), key=lambda s: (s.start - s.end, s.start))
        taken = bytearray(len(doc))
        kept = []
        for one in found:
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                kept.append(one)
        doc.spans[GROUP] = sorted(kept, key=lambda s: s.start)
        return doc

    def _find(self, doc: Doc) -> Iterator[Span]:
        text = doc.text
        for label, pattern in self._patterns.items():
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield span(doc, match.start(), match.end(), label)


@Language.factory("kawat_measures")
def make_measures(nlp: Language, name: str) -> Measures:  # noqa: ARG001 - spaCy's signature
    """Factory of `Measures`."""
    return Measures(load_words())
