"""A story with everything in it that a wire carries besides the story. Invented people, our own words."""

from __future__ import annotations

import pytest

from config.outlets import Outlets, load
from processors.cleaning import Cleaner
from processors.records import Article

STORY = """\
WINA, KOMPAS.com – Menteri Perdagangan Ardana Wiryawan memuji para perajin kopi karena bertahan di tengah kemarau.
Hal itu disampaikan Ardana kepada wartawan seusai bertemu koleganya di Wina, Austria, Selasa (4/3/2025).
Baca juga: Petani Kopi Gayo Tunda Panen, Harga di Tingkat Kebun Naik
"Mereka bekerja tanpa banyak bicara," kata Ardana.
Pemerintah menyiapkan kredit murah untuk koperasi sejak awal tahun.Â
Kredit itu akan dibagikan dalam tiga tahap.
Baca juga: Koperasi Kopi Minta Bunga Kredit Diturunkan Lagi
"Kami menunggu kabarnya," lanjutnya.
Dapatkan update berita pilihan setiap hari dari Kompas.com. Download di sini
"""

TEXT = """\
Menteri Perdagangan Ardana Wiryawan memuji para perajin kopi karena bertahan di tengah kemarau.
Hal itu disampaikan Ardana kepada wartawan seusai bertemu koleganya di Wina, Austria, Selasa (4/3/2025).
"Mereka bekerja tanpa banyak bicara," kata Ardana.
Pemerintah menyiapkan kredit murah untuk koperasi sejak awal tahun.
Kredit itu akan dibagikan dalam tiga tahap.
"Kami menunggu kabarnya," lanjutnya."""


@pytest.fixture(scope="session")
def outlets() -> Outlets:
    return load()


@pytest.fixture(scope="session")
def cleaner(outlets: Outlets) -> Cleaner:
    return Cleaner(outlets)


@pytest.fixture
def clean(cleaner: Cleaner):
    """Cleans a body given as text: ``clean(body, source=..., title=...)``."""

    def run(body: str, **properties):
        return cleaner.clean(Article(uri="test:1", body=body, **properties))

    return run


@pytest.fixture
def wire_story() -> tuple[str, str]:
    """A raw body of kompas.com and the clean text it must become."""
    return STORY, TEXT
