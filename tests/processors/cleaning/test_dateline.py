from __future__ import annotations

import pytest

REST = "Menteri Perdagangan Ardana Wiryawan membuka pasar kopi."


@pytest.mark.parametrize(
    ("stamp", "place", "outlet"),
    [
        ("JAKARTA, KOMPAS.com - ", "JAKARTA", "KOMPAS.com"),
        ("BANDA ACEH, KOMPAS.com — ", "BANDA ACEH", "KOMPAS.com"),
        ("KOMPAS.com –", None, "KOMPAS.com"),
        ("Liputan6.com, Jakarta - ", "Jakarta", "Liputan6.com"),
        ("Liputan6.com, Jakarta ", "Jakarta", "Liputan6.com"),
        ("Liputan6.com, Jakarta", "Jakarta", "Liputan6.com"),
        ("jpnn.com, CIREBON - ", "CIREBON", "jpnn.com"),
        ("jpnn.com - JAKARTA - ", "JAKARTA", "jpnn.com"),
        ("TRIBUNNEWS.COM, BOGOR - ", "BOGOR", "TRIBUNNEWS.COM"),
        ("Bisnis.com, JAKARTA—", "JAKARTA", "Bisnis.com"),
        ("TEMPO.CO, Jakarta - ", "Jakarta", "TEMPO.CO"),
        ("KONTAN.CO.ID - JAKARTA. ", "JAKARTA", "KONTAN.CO.ID"),
        ("REPUBLIKA.CO.ID, BANDUNG -- ", "BANDUNG", "REPUBLIKA.CO.ID"),
        ("Suara.com - ", None, "Suara.com"),
        ("Jakarta, CNN Indonesia -- ", "Jakarta", "CNN Indonesia"),
        ("Jakarta (ANTARA) - ", "Jakarta", "ANTARA"),
        ("Surabaya, 4/3 (ANTARA) - ", "Surabaya", "ANTARA"),
        ("LONDON (Reuters) - ", "LONDON", "Reuters"),
        ("LONDON, Jan 5 (Reuters) - ", "LONDON", "Reuters"),
        ("WASHINGTON (AP) — ", "WASHINGTON", "AP"),
        ("PARIS (AFP) - ", "PARIS", "AFP"),
        ("KOTA BARU (Radarkota.co.id) -- ", "KOTA BARU", "Radarkota.co.id"),
        ("NEW YORK - ", "NEW YORK", None),
        ("Jakarta - ", "Jakarta", None),
        ("MAUMERE-", "MAUMERE", None),
        ("BERN (Meridian Wire) — ", "BERN", "Meridian Wire"),
        ("Randuputih (Kabar Pesisir) - ", "Randuputih", "Kabar Pesisir"),
        ("Randuputih, Kabar Pesisir - ", "Randuputih", "Kabar Pesisir"),
        ("PENANG, Malaysia — ", "PENANG", None),
        ("Muarasari, Lampung – ", "Muarasari", None),
        ("Kosovo - ", "Kosovo", None),
        ("KUALA LUMPUR, Nov 22 — ", "KUALA LUMPUR", None),
        ("TOKYO, Nov 24 (Kyodo) _ ", "TOKYO", "Kyodo"),
        ("SEOUL, Nov. 24 (Yonhap) -- ", "SEOUL", "Yonhap"),
        ("JAKARTA KOMPAS.com -", "JAKARTA", "KOMPAS.com"),
        ("KBRN, Jakarta: ", "Jakarta", "KBRN"),
        ("- ", None, None),
    ],
)
def test_the_dateline_is_taken_off_in_every_form(clean, stamp, place, outlet):
    cleaned = clean(stamp + REST)
    assert cleaned.text == REST
    if place or outlet:
        assert (cleaned.dateline.place, cleaned.dateline.outlet) == (place, outlet)
        assert cleaned.dateline.text == stamp.strip()


@pytest.mark.parametrize(
    "opening",
    [
        "Persib - Arema bertemu lagi di final.",
        "Menurut Kompas.com, harga kopi naik.",
        "Jakarta menjadi tuan rumah pameran kopi.",
        "Kopi - minuman orang Gayo - mendunia.",
        "Ardana-Mirna menang tipis di putaran kedua.",
        "Timnas U-17 berlatih di Solo.",
        "Penulis buku itu datang dari Bandung.",
        "Ardana Wiryawan (Menteri Perdagangan) - Orang Kota yang Bertani.",
        "Kopi, Teh - dua minuman yang tumbuh di gunung yang sama.",
        "Mirna Salabi: Harga kopi naik lagi.",
        "Gedung Sate - Tasikmalaya ditempuh dalam tiga jam.",
    ],
)
def test_an_ordinary_opening_is_no_dateline(clean, opening):
    cleaned = clean(opening)
    assert cleaned.dateline is None
    assert cleaned.text == opening


def test_a_credit_before_the_dateline_goes_with_it(clean):
    cleaned = clean("Laporan Wartawan Tribunnews.com, Ardi Wijana TRIBUNNEWS.COM, SOLO - " + REST)
    assert cleaned.text == REST
    assert cleaned.dateline.place == "SOLO"
    assert [removed.text for removed in cleaned.removed] == ["Laporan Wartawan Tribunnews.com, Ardi Wijana"]


def test_a_dateline_may_stand_on_lines_of_its_own(clean):
    assert clean(f"Jakarta\n-\n{REST}").text == REST
    assert clean(f"SOLO, KOMPAS.com\n- {REST}").text == REST


def test_what_stands_above_a_signed_dateline_is_no_part_of_the_story(clean):
    body = f"Ardana saat membuka pasar kopi di Takengon.\n\nTRIBUNNEWS.COM, SOLO - {REST}\nPasar itu ramai."
    assert clean(body).text == f"{REST}\nPasar itu ramai."


def test_a_headline_behind_the_dateline_goes(clean):
    body = (
        "jpnn.com, JAKARTA - Pasar Kopi Gayo Dibuka Lagi, Petani dan Pedagang Siap Sambut Musim Panen\n"
        "Pasar kopi di Takengon kembali dibuka setelah tiga bulan ditutup untuk perbaikan atap dan saluran air."
    )
    assert clean(body).text == body.split("\n")[1]
