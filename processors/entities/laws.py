"""The grammar of laws: ``Pasal 340 KUHP``, ``Undang-Undang Nomor 7 Tahun 2017 tentang Pemilihan Umum``."""

from __future__ import annotations

import re

from processors.entities.rule import Rule, anywhere, first_words
from processors.wordlists import any_of


def law(words: dict[str, list[str]]) -> Rule:
    """LAW: laws and decrees, their parts, numbered rulings."""
    law, part = any_of(words["laws"]), any_of(words["law_parts"])
    number = r"(?:[Nn]o(?:mor|\.)?[.:]?\s?(?:[A-Z]{1,4}\s)?[\w./-]*\d[\w./-]*(?:\s+[Tt]ahun\s+\d{4})?|\d+/\d{4}|\d+\s+[Tt]ahun\s+\d{4})"
    small = "(?:dan|atas|atau|di|dari|untuk|yang|serta|pada|dengan|antara|bagi|kepada|secara)"
    about = rf"(?:\s+[Tt]entang(?:\s+(?:[A-Z(][\w)-]*,?|{small}(?=\s))){{1,60}}(?<!,))"
    named = r"(?:\s+(?:\([A-Z]\w*\)|(?:dan\s+)?[A-Z][\w-]*))"
    name = rf"{law}\b(?:{named}{{0,6}}?\s+{number}{about}?|{about}|{named}{{1,6}}(?:\s+{number})?|\s+1945\b)"
    code = r"(?:KUHP|KUHAP|KUHPerdata|UUD(?:\s+1945)?)\b"
    detail = r"(?:\s*(?:,|dan|atau|dan/atau|[Aa]yat|huruf|angka)?\s*(?:\(\d+\)|\d+[A-Z]?\b|[a-z]\b(?!\w)))"
    forms = (
        rf"{part}\s+\d+[A-Za-z]?\b{detail}{{0,16}}(?:,?\s+(?:{part}\s+\d+[A-Z]?{detail}{{0,16}}\s+)?(?:{name}|{code}))?",
        name,
        code,
        rf"{any_of(words['rulings'])}(?:\s+(?:[A-Z][\w]*|\([A-Z]+\)|dan)){{0,6}}\s+{number}{about}?",
    )
    starts = first_words([*words["laws"], *words["law_parts"], *words["rulings"]])
    return Rule(
        label="LAW", pattern=re.compile("|".join(forms)), starts=starts, figures=False, fits=anywhere()
    )
