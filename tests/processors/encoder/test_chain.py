"""The models that ship, on a story of our own."""

import os

import pytest

from processors.encoder import chain
from processors.encoder.reader import Reader, version
from processors.records import Article, Label

BODY = """KOTA LAMA - Wali Kota Sari Dewi Anggraini meminta warga waspada setelah hujan deras, Rabu (12/3/2025).

"Kami sudah menyiapkan tempat pengungsian," kata Sari di Balai Kota.

Ia mengatakan Badan Penanggulangan Bencana Daerah menyalurkan bantuan Rp 2,5 miliar.

"Air mulai surut," ujarnya. Menurut Rahmat Hidayat, warga Kecamatan Sukamaju, listrik masih padam."""


@pytest.fixture(scope="module", params=[chain.ACCURATE, chain.FAST])
def model(request):
    return request.param


@pytest.fixture(scope="module")
def loaded(model):
    return chain.load(model)


@pytest.fixture(scope="module")
def enriched(loaded):
    return loaded.enrich(Article(uri="urn:story:1", body=BODY, language="id")).article.enrichment


def test_records_name_the_model_and_its_version(enriched, model):
    assert (enriched.model.name, enriched.model.version) == (model, version(model))


def test_people_and_figures_are_found(enriched):
    found = {(one.label, one.name) for one in enriched.entities}
    assert (Label.PERSON, "Sari Dewi Anggraini") in found
    assert (Label.PERSON, "Rahmat Hidayat") in found
    assert (Label.MONEY, "Rp 2,5 miliar") in found


def test_short_names_belong_to_the_full_one(enriched):
    (sari,) = (one for one in enriched.entities if one.name == "Sari Dewi Anggraini")
    assert {mention.text for mention in sari.mentions} == {"Sari Dewi Anggraini", "Sari"}


def test_quotes_are_attributed(enriched):
    said = {quote.text.rstrip(","): quote.speaker.name for quote in enriched.quotes if quote.speaker}
    assert said["Kami sudah menyiapkan tempat pengungsian"] == "Sari Dewi Anggraini"
    assert said["Air mulai surut"] == "Sari Dewi Anggraini"


def test_spans_are_what_they_say(enriched):
    for entity in enriched.entities:
        for mention in entity.mentions:
            assert enriched.text[mention.start : mention.end] == mention.text
    for quote in enriched.quotes:
        assert enriched.text[quote.start : quote.end] == quote.text


def test_a_forked_process_reads_as_its_parent_does():
    reader = Reader.load("accurate")
    entities = reader.read(BODY).entities
    child = os.fork()
    if child == 0:
        again = Reader(reader._encoder).read(BODY).entities
        os._exit(0 if again == entities else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_session_starts_no_thread():
    import subprocess
    import sys

    counted = (
        "import os, onnxruntime\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "from processors.encoder.reader import Reader\n"
        "Reader.load('accurate').read('Budi tiba.')\n"
        "print(len(os.listdir('/proc/self/task')) - before)"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", counted], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
