import pytest

from processors.entities import EntityFinder
from processors.records import Label

FOUND = {
    Label.DATE: [
        ("Jembatan dibuka Rabu (3/9/2025) pagi.", "Rabu (3/9/2025)"),
        ("Jembatan dibuka pada Senin (17/2).", "Senin (17/2)"),
        ("Ia tiba Jumat, 12 Januari 2024 di pelabuhan.", "Jumat, 12 Januari 2024"),
        ("Pameran berlangsung 3-7 Maret 2025 di balai.", "3-7 Maret 2025"),
        ("Pada 2024, pasar itu terbakar.", "2024"),
        ("Ekspor naik sejak tahun 2019 hingga kini.", "tahun 2019"),
        ("Laba naik pada kuartal III 2023 ini.", "kuartal III 2023"),
        ("Harga turun pekan lalu di pasar.", "pekan lalu"),
        ("Panen gagal tiga tahun terakhir di desa.", "tiga tahun terakhir"),
        ("Jalan rusak 9 tahun lalu itu diperbaiki.", "9 tahun lalu"),
        ("Kebijakan berlaku akhir Maret nanti.", "akhir Maret"),
        ("Liga musim 2023/2024 dimulai.", "musim 2023/2024"),
        ("Warga bergotong royong kemarin di balai.", "kemarin"),
    ],
    Label.TIME: [
        ("Gempa terasa pukul 10.30 WIB di pesisir.", "pukul 10.30 WIB"),
        ("Loket buka pukul 08.00 hingga 14.00 WIB setiap hari.", "pukul 08.00 hingga 14.00 WIB"),
        ("Laga mulai 19.30 Wita di stadion.", "19.30 Wita"),
        ("Ia datang jam 9 malam tadi.", "jam 9 malam"),
    ],
    Label.MONEY: [
        ("Anggaran sebesar Rp 1,5 miliar disetujui.", "Rp 1,5 miliar"),
        ("Tiket dijual Rp150.000 per orang.", "Rp150.000"),
        ("Bantuan senilai US$ 20 juta cair.", "US$ 20 juta"),
        ("Utang 10 juta dollar AS dilunasi.", "10 juta dollar AS"),
        ("Denda dua juta rupiah dibayar.", "dua juta rupiah"),
        ("Biaya Rp 5-10 juta per hektare.", "Rp 5-10 juta"),
    ],
    Label.PERCENT: [
        ("Inflasi 5,2 persen tercatat.", "5,2 persen"),
        ("Diskon 12% berlaku.", "12%"),
        ("Suara 40-45 persen diraih.", "40-45 persen"),
        ("Suku bunga naik 25 basis poin.", "25 basis poin"),
    ],
    Label.QUANTITY: [
        ("Jaraknya 10 kilometer dari kota.", "10 kilometer"),
        ("Beras 5 ton dikirim.", "5 ton"),
        ("Suhu 38 derajat Celsius tercatat.", "38 derajat Celsius"),
        ("Lahan 1.200 hektare dibuka.", "1.200 hektare"),
        ("Memori 8 GB/256 GB tersedia.", "8 GB/256 GB"),
    ],
    Label.LAW: [
        ("Ia dijerat Pasal 340 KUHP dan ditahan.", "Pasal 340 KUHP"),
        ("Dasarnya Undang-Undang Nomor 7 Tahun 2017 tentang Pemilihan Umum.",
         "Undang-Undang Nomor 7 Tahun 2017 tentang Pemilihan Umum"),
        ("Itu melanggar UU ITE kata jaksa.", "UU ITE"),
        ("Amanat Pasal 33 ayat (3) UUD 1945 jelas.", "Pasal 33 ayat (3) UUD 1945"),
    ],
}  # fmt: skip
NOT_FOUND = {
    Label.DATE: ["Ia bekerja selama dua jam.", "Wanita berusia 32 tahun ini menang.", "Liga Nusantara 2023 digelar.",
                 "Ada 2024 orang hadir.",
                 "Peraturan Nomor 41 tahun 2020 dicabut."],
    Label.QUANTITY: ["Sebanyak 30 rumah rusak."],
    Label.TIME: ["Gempa berlangsung 3 jam 18 menit."],
    Label.LAW: ["Putusan itu dibacakan hakim."],
}  # fmt: skip


@pytest.fixture(scope="module")
def finder():
    return EntityFinder.load()


def texts(finder, text, label):
    return [m.text for e in finder.find(text, "id") if e.label is label for m in e.mentions]


@pytest.mark.parametrize(
    ("label", "text", "wanted"), [(label, *case) for label, cases in FOUND.items() for case in cases]
)
def test_the_whole_expression_is_found(finder, label, text, wanted):
    assert texts(finder, text, label) == [wanted]


@pytest.mark.parametrize(
    ("label", "text"), [(label, text) for label, many in NOT_FOUND.items() for text in many]
)
def test_what_only_looks_like_one_is_none(finder, label, text):
    assert texts(finder, text, label) == []


def test_a_price_for_a_quantity_is_both(finder):
    text = "Gula dijual Rp 3.400/100 gram di pasar."
    assert texts(finder, text, Label.MONEY) == ["Rp 3.400"]
    assert texts(finder, text, Label.QUANTITY) == ["100 gram"]
