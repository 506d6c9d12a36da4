import pytest

from processors.encoder import trust
from processors.encoder.trust import Trust
from processors.quotes.whom import How
from processors.records import QuoteKind
from processors.wordlists import BrokenData


def test_what_ships_can_be_read_and_overrules_nobody_unless_it_is_likely_right():
    shipped = Trust.load()
    assert shipped.overrule
    assert all(0.5 < least < 1 for least in shipped.overrule.values())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"weights": [1, 2, 3], "overrule": {"marked": {}, "reported": {}}}',
        '{"weights": [1, 2, 3, 4], "overrule": {"marked": {}}}',
        '{"weights": [1, 2, 3, 4], "overrule": {"marked": {"somehow": 0.9}, "reported": {}}}',
        '{"weights": [1, 2, 3, 4], "overrule": {"marked": {"named": "often"}, "reported": {}}}',
    ],
)
def test_a_broken_file_is_named(monkeypatch, content):
    monkeypatch.setattr(trust, "read", lambda *_: content)
    with pytest.raises(BrokenData, match=r"trust\.json"):
        Trust.load()


def test_it_overrules_from_its_level_on_and_never_where_there_is_none():
    some = Trust((0, 0, 0, 0), {("marked", How.CARRIED): 0.8})
    assert some.overrules(QuoteKind.MIXED, How.CARRIED, 0.8)
    assert not some.overrules(QuoteKind.DIRECT, How.CARRIED, 0.79)
    assert not some.overrules(QuoteKind.INDIRECT, How.CARRIED, 1.0)
    assert not some.overrules(QuoteKind.DIRECT, How.NAMED, 1.0)
