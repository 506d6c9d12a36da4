import pytest

from processors.quotes import confidence
from processors.quotes.confidence import load_confidence
from processors.quotes.whom import How
from processors.records import QuoteKind
from processors.wordlists import BrokenData


def test_a_named_speaker_is_surer_than_a_described_one_and_that_than_none():
    shares = load_confidence()
    assert set(shares) == {(kind, how) for kind in QuoteKind for how in How}
    for kind in (QuoteKind.DIRECT, QuoteKind.INDIRECT):
        assert 1 > shares[kind, How.NAMED] > shares[kind, How.DESCRIBED] > shares[kind, How.NONE] >= 0


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (["direct", "shouted", "0.5"], "line 7: 'shouted'"),
        (["direct", "named", "many"], "line 7: could not convert"),
        (["direct", "named", "1.5"], "line 7: a share from 0 to 1"),
        (["direct", "named", "0.5"], "no row for direct pronoun"),
    ],
)
def test_a_broken_table_is_refused_by_its_line(monkeypatch, row, wanted):
    monkeypatch.setattr(confidence, "rows", lambda *_: iter([(7, row)]))
    with pytest.raises(BrokenData, match=wanted):
        load_confidence()
