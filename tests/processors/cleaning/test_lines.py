from __future__ import annotations

import pytest

from processors.records import RemovedKind

BEFORE = "Menteri Perdagangan Ardana Wiryawan membuka pasar kopi di Takengon."
AFTER = "Pasar itu menampung biji kopi dari empat kecamatan di dataran tinggi Gayo."


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Baca juga: Petani Kopi Gayo Tunda Panen", "related"),
        ("Baca juga:Petani Kopi Gayo Tunda Panen?", "related"),
        ("BACA JUGA Petani Kopi Gayo Tunda Panen", "related"),
        ("Simak juga: Harga Kopi Naik Lagi di Pasar Dunia", "related"),
        ("Pilihan Redaksi", "related"),
        ("ADVERTISEMENT", "ad"),
        ("SCROLL TO CONTINUE WITH CONTENT", "ad"),
        ("Ikuti kami di WhatsApp Channel untuk berita terbaru", "promo"),
        ("Dapatkan update berita pilihan setiap hari dari Koran Contoh.", "promo"),
        ("Yuk, gabung di grup Telegram Koran Contoh!", "promo"),
        ("[Gambas:Video 20detik]", "media"),
        ("Simak Video 'Petani Kopi Gayo Tunda Panen':", "media"),
        ('Tonton juga video "Harga Kopi Naik" di sini:', "media"),
        ("Kebun kopi di Takengon. Foto: Ardi Wijana/Koran", "media"),
        ("KORAN.com/ARDI WIJANA Kebun kopi di lereng gunung.", "media"),
        ("Dok. Humas Pasar kopi di Takengon", "media"),
        ("Pasar kopi di Takengon (Antara/Ardi Wijana)", "media"),
        ("Sebuah kiriman dibagikan oleh Kopi Gayo (@kopigayo)", "media"),
        ("Panen raya! pic.twitter.com/AbC12xYz", "media"),
        ("(ard/wij)", "credit"),
        ("(Ardi Wijana)", "credit"),
        ("Penulis: Ardi Wijana", "credit"),
        ("Editor: Mirna Salabi | Sumber: Antara", "credit"),
        ("Artikel ini telah tayang di koran.com dengan judul Pasar Kopi Dibuka", "credit"),
        ("Copyright © KORAN 2025", "copyright"),
        ("© 2026 Koran Contoh. Hak cipta dilindungi.", "copyright"),
        ("Tags: kopi, gayo, pasar", "nav"),
        ("#kopi #gayo #pasar", "nav"),
        ("Selasa, 4 Maret 2025 | 10:15 WIB", "nav"),
        ("Halaman 1 2 3 Selanjutnya", "nav"),
        ("Selengkapnya di halaman selanjutnya.", "nav"),
        ("* * *", "other"),
        ("--", "other"),
        ("Menarik dibaca: Petani Kopi Gayo Tunda Panen", "related"),
        ("Baca Berita Terkait Lainnya", "related"),
        ("Artikel berlanjut setelah iklan", "ad"),
        ("Nikmati berita tanpa iklan, klik di sini", "ad"),
        ("Gulir ke bawah untuk lanjut membaca", "ad"),
        ("Jangan sampai ketinggalan berita terbaru dari Koran Contoh", "promo"),
        ("Jadikan Koran Contoh sebagai sumber pilihan di Google", "promo"),
        ("Ikuti Koran Contoh di Instagram, Facebook, dan YouTube", "promo"),
        ("Masukkan email Anda", "promo"),
        ("Keterangan foto: Pasar kopi di Takengon", "media"),
        ("Ilustrasi Pasar Kopi di Takengon", "media"),
        ("Perbesar", "media"),
        ("Sumber gambar: Pixabay", "media"),
        ("Pasar kopi di lereng gunung (Sumber: pexels.com)", "media"),
        ("Pasar kopi di lereng gunung, gambar oleh Ardi dari Pexels", "media"),
        ("Pasar kopi di lereng gunung. Dok. pribadi", "media"),
        ("Lihat postingan ini di InstagramSebuah kiriman dibagikan oleh Kopi Gayo (@kopigayo)", "media"),
        ("(H-2)", "credit"),
        ("[ard/wij]", "credit"),
        ("Editor Mirna Salabi", "credit"),
        ("Isi artikel di luar tanggung jawab redaksi", "credit"),
        ("Beranda > Ekonomi > Kopi", "nav"),
        ("Halaman selanjutnya: harga kopi di tingkat kebun", "nav"),
        ("Berlanjut di halaman berikutnya.", "nav"),
        ("Baca artikel selengkapnya di sini", "nav"),
        ("2 jam yang lalu", "nav"),
    ],
)
def test_boilerplate_on_a_line_of_its_own_goes_and_is_told_by_kind(clean, line, kind):
    cleaned = clean(f"{BEFORE}\n{line}\n{AFTER}")
    assert cleaned.text == f"{BEFORE}\n{AFTER}"
    assert [(removed.kind, removed.text) for removed in cleaned.removed] == [(RemovedKind(kind), line)]


@pytest.mark.parametrize(
    "line",
    [
        "Penulis buku itu juga hadir bersama editor dari Bandung.",
        "Editor film asal Medan itu meraih penghargaan.",
        "Baca buku setiap hari membuat anak-anak pandai bercerita.",
        "Ia meminta warga lihat juga harga di pasar sebelah.",
        "Foto itu beredar luas di media sosial sejak Senin malam.",
        "Video yang memperlihatkan antrean petani itu viral.",
        "Dapat dikatakan, panen tahun ini lebih baik.",
        "Berita bohong itu dibantah pemerintah daerah.",
        "Ikuti arahan petugas di lapangan, kata Ardana.",
        "1. Siapkan biji kopi yang sudah kering.",
        "Harga Kopi Gayo",
        "Kami kutip pernyataan itu dari Kompas.com.",
        "Kabar itu datang dari dua sumber: petani dan pedagang.",
        "Kredit Usaha Rakyat tergolong murah bagi petani kopi di Gayo.",
        "Foto oleh warga itu beredar luas sejak Senin malam.",
        "Dokumentasi pribadi keluarga itu disimpan di museum kota.",
        "Halaman sekolah itu selanjutnya dipakai sebagai pasar.",
        "Tiga jam yang lalu pasar itu masih sepi.",
        "Editor Bahasa di kantor itu tinggal dua orang, kata Ardana.",
        "Jangan sampai petani ketinggalan harga, kata Ardana.",
        "Untuk itu warga diminta bergabung di grup WhatsApp pasar, kata Ardana.",
        "Korban diajak bergabung ke kanal Telegram oleh pelaku penipuan.",
        "Petani kini bisa mencari harga kopi di Google News, kata Mirna.",
        "Aplikasi itu sempat diunduh jutaan kali sampai sekarang.",
    ],
)
def test_lines_of_the_story_stay(clean, line):
    assert clean(f"{BEFORE}\n{line}\n{AFTER}").text == f"{BEFORE}\n{line}\n{AFTER}"


def test_the_headline_under_a_label_goes_with_it(clean):
    assert clean(f"{BEFORE}\nBaca juga:\nPetani Kopi Gayo Tunda Panen\n{AFTER}").text == f"{BEFORE}\n{AFTER}"


def test_three_headlines_under_any_label_are_a_series_and_two_may_end_in_a_subhead(clean):
    three = "Petani Kopi Gayo Tunda Panen\nHarga Kopi Naik Lagi\nGudang Kopi Baru Dibangun di Gayo"
    assert clean(f"{BEFORE}\nBaca juga:\n{three}\n{AFTER}").text == f"{BEFORE}\n{AFTER}"
    two = "Petani Kopi Gayo Tunda Panen\nHarga Kopi Dunia"
    assert clean(f"{BEFORE}\nBaca juga:\n{two}\n{AFTER}").text == f"{BEFORE}\nHarga Kopi Dunia\n{AFTER}"


def test_a_sentence_under_a_label_stays(clean):
    assert clean(f"{BEFORE}\nBaca Juga\n{AFTER}").text == f"{BEFORE}\n{AFTER}"


def test_headlines_under_the_label_of_a_series_go_up_to_the_next_sentence(clean):
    series = (
        "Berita Terkait\nPetani Kopi Gayo Tunda Panen\nHarga Kopi Naik Lagi\nBerapa Harga Kopi Gayo Hari Ini?"
    )
    assert clean(f"{BEFORE}\n{series}\n{AFTER}").text == f"{BEFORE}\n{AFTER}"


def test_the_headline_that_a_credit_announces_goes_with_it(clean):
    credit = "Artikel ini telah tayang di koran.com dengan judul\nPetani Kopi Gayo Tunda Panen"
    assert clean(f"{BEFORE}\n{AFTER}\n{credit}").text == f"{BEFORE}\n{AFTER}"


def test_phrases_of_one_outlet_do_not_touch_another(clean):
    line = "Hoegeng Awards 2025"
    body = f"{BEFORE}\n{line}\n{AFTER}"
    assert clean(body, source="detik.com").text == f"{BEFORE}\n{AFTER}"
    assert clean(body, source="kompas.com").text == body


def test_a_block_goes_only_as_a_whole(clean):
    block = "Simak\nbreaking news\ndan\nberita pilihan"
    assert clean(f"{BEFORE}\n{block}\n{AFTER}").text == f"{BEFORE}\n{AFTER}"
    assert "\ndan\n" in clean(f"{BEFORE}\nSMA\ndan\nSMK membuka pendaftaran.\n{AFTER}").text


def test_a_list_that_ends_a_story_goes_to_the_end(clean):
    tail = "Itulah berita terpopuler hari ini.\nPetani Kopi Gayo\nHarga Naik\nPasar Sepi"
    body = "\n".join([BEFORE, AFTER] * 3)
    assert clean(f"{body}\n{tail}", source="detik.com").text.endswith(AFTER)
