"""Each outlet's profile on a body as that outlet prints it: our own words in its form."""

from __future__ import annotations

import pytest

from config.outlets import Outlets

ONE = "Menteri Perdagangan Ardana Wiryawan membuka pasar kopi di Takengon pada Selasa pagi."
TWO = "Pasar itu menampung biji kopi dari empat kecamatan dan buka setiap hari sejak subuh."
THREE = '"Harga di pasar lebih baik daripada harga pengepul," kata petani bernama Mirna Salabi.'
STORY = f"{ONE}\n{TWO}\n{THREE}"

# outlet: (source, body with {0}, {1}, {2} for the story's lines, place of the dateline)
BODIES = {
    "AFP": ("afp.com", "TAKENGON (AFP) – {0}\n{1}\n{2}\nbur-aw/ms/dan", "TAKENGON"),
    "ANTARA": (
        "antaranews.com",
        (
            "Takengon (ANTARA) - {0}\nBaca juga: Petani Kopi Gayo Tunda Panen\n{1}\n{2}\nPewarta: Ardi Wijana\n"
            "Editor: Mirna\nCopyright © ANTARA 2025\nDilarang keras mengambil konten tanpa izin."
        ),
        "Takengon",
    ),
    "Associated Press": (
        "apnews.com",
        (
            "TAKENGON, Indonesia (AP) — {0}\n{1}\n{2}\n___\nAssociated Press writer Ardi Wijana contributed to this report.\n"
            "Copyright 2025 The Associated Press. All rights reserved."
        ),
        "TAKENGON, Indonesia",
    ),
    "Bisnis.com": (
        "bisnis.com",
        (
            "Bisnis.com, TAKENGON — {0}\nBaca Juga : Petani Kopi Gayo Tunda Panen\n{1}\n{2}\n"
            "Cek Berita dan Artikel yang lain di Google News dan WA Channel"
        ),
        "TAKENGON",
    ),
    "CNN Indonesia": (
        "cnnindonesia.com",
        (
            "Takengon, CNN Indonesia -- {0}\n[Gambas:Video CNN]\nPilihan Redaksi\nPetani Kopi Gayo Tunda Panen\n"
            "Harga Kopi Gayo Naik Lagi\n{1}\n{2} (ard/wij)\n[Gambas:Photo CNN]"
        ),
        "Takengon",
    ),
    "detikcom": (
        "detik.com",
        (
            "{0}\nADVERTISEMENT\nSCROLL TO CONTINUE WITH CONTENT\n{1}\nBaca juga:\nPetani Kopi Gayo Tunda Panen\n{2}\n"
            "Simak Video 'Pasar Kopi Gayo Dibuka':\n[Gambas:Video 20detik]\n(ard/wij)\nkopi gayo\npasar kopi"
        ),
        None,
    ),
    "JPNN.com": (
        "jpnn.com",
        (
            "jpnn.com, TAKENGON - {0}\n{1}\nBaca Juga: Petani Kopi Gayo Tunda Panen\n{2} (ard/jpnn)\n"
            "Jangan Sampai Ketinggalan Video Pilihan Redaksi ini:"
        ),
        "TAKENGON",
    ),
    "KapanLagi.com": (
        "kapanlagi.com",
        "Kapanlagi.com - {0}\n{1}\n{2}\n(kpl/ard)",
        None,
    ),
    "Kompas.com": (
        "kompas.com",
        (
            "TAKENGON, KOMPAS.com - {0}\nBaca juga: Petani Kopi Gayo Tunda Panen\nKOMPAS.com/ARDI WIJANA Pasar kopi\n{1}\n{2}\n"
            "Dapatkan update berita pilihan setiap hari dari Kompas.com."
        ),
        "TAKENGON",
    ),
    "Kontan": (
        "kontan.co.id",
        (
            "KONTAN.CO.ID - TAKENGON. {0}\nBaca Juga: Petani Kopi Gayo Tunda Panen\n{1}\n{2}\n"
            "Selanjutnya: Harga Kopi Gayo Naik Lagi\nMenarik Dibaca: Cara Menyeduh Kopi Gayo\n"
            "Cek Berita dan Artikel yang lain di Google News"
        ),
        "TAKENGON",
    ),
    "kumparan": (
        "kumparan.com",
        "{0}\nPasar kopi di Takengon. Foto: Ardi Wijana/kumparan\n{1}\n{2}\nReporter: Ardi Wijana",
        None,
    ),
    "Liputan6.com": (
        "liputan6.com",
        (
            "Liputan6.com, Takengon - {0}\nBaca Juga\nPetani Kopi Gayo Tunda Panen\n{1} Advertisement\n{2}\n"
            "Saksikan Video Pilihan Berikut Ini:"
        ),
        "Takengon",
    ),
    "Merdeka.com": (
        "merdeka.com",
        "Merdeka.com - {0}\nBaca juga: Petani Kopi Gayo Tunda Panen\n{1}\n{2} [ard]",
        None,
    ),
    "Okezone": (
        "okezone.com",
        (
            "TAKENGON - {0}\nBaca Juga: Petani Kopi Gayo Tunda Panen\n{1}\n{2}\n(ard)\n"
            "Follow Berita Okezone di Google News"
        ),
        "TAKENGON",
    ),
    "Republika": (
        "republika.co.id",
        (
            "REPUBLIKA.CO.ID, TAKENGON -- {0}\n{1}\nBaca Juga\nPetani Kopi Gayo Tunda Panen\nHarga Kopi Gayo Naik Lagi\n{2}\n"
            "Loading...\nIkuti Whatsapp Channel Republika\nsumber : Antara"
        ),
        "TAKENGON",
    ),
    "Reuters": (
        "reuters.com",
        (
            "TAKENGON, March 4 (Reuters) - {0}\n{1}\n{2}\nReporting by Ardi Wijana; Editing by Mirna Salabi\n"
            "Our Standards: The Thomson Reuters Trust Principles., opens new tab\nPurchase Licensing Rights"
        ),
        "TAKENGON",
    ),
    "SINDOnews": (
        "sindonews.com",
        "TAKENGON - {0}\nBaca juga: Petani Kopi Gayo Tunda Panen\n{1}\n{2}\n(ard)",
        "TAKENGON",
    ),
    "Suara.com": (
        "suara.com",
        "Suara.com - {0}\nBaca Juga:Petani Kopi Gayo Tunda Panen\n{1}\n{2}\nKontributor : Ardi Wijana",
        None,
    ),
    "Tempo": (
        "tempo.co",
        (
            "TEMPO.CO, Takengon - {0}\nBaca berita dengan sedikit iklan, klik di sini\n{1}\n"
            "Scroll ke bawah untuk melanjutkan membaca Baca berita dengan sedikit iklan, klik di sini\n"
            "BACA JUGA Petani Kopi Gayo Tunda Panen\n{2} Pilihan Editor: Harga Kopi Gayo Naik Lagi\n"
            "Ardi Wijana berkontribusi dalam penulisan artikel ini."
        ),
        "Takengon",
    ),
    "Tribunnews": (
        "tribunnews.com",
        (
            "Laporan Wartawan Tribunnews.com, Ardi Wijana\nTRIBUNNEWS.COM, TAKENGON - {0}\n{1}\n"
            "Baca juga: Petani Kopi Gayo Tunda Panen\n{2}\n(Tribunnews.com/Ardi Wijana)"
        ),
        "TAKENGON",
    ),
}


def test_every_profile_that_ships_is_tried(outlets: Outlets):
    assert {outlet.name for outlet in outlets.outlets} == set(BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_in_the_outlets_form_becomes_the_story(clean, name):
    source, body, place = BODIES[name]
    cleaned = clean(body.format(ONE, TWO, THREE), source=source)
    assert cleaned.text == STORY
    assert (cleaned.dateline.place if cleaned.dateline else None) == place


@pytest.mark.parametrize("name", BODIES)
def test_a_profile_takes_nothing_of_a_story_without_boilerplate(clean, name):
    assert clean(STORY, source=BODIES[name][0]).text == STORY


def test_tempos_pointer_to_its_magazine_goes_on_a_line_and_within_one(clean):
    pointer = "Simak laporan lengkapnya di Mingguan Tempo pekan ini."
    assert clean(f"{ONE}\n{pointer}\n{TWO}", source="tempo.co").text == f"{ONE}\n{TWO}"
    assert clean(f"{ONE} {pointer}\n{TWO}", source="tempo.co").text == f"{ONE}\n{TWO}"
