"""The elder of two workers of one name gives way, and nobody does for an ordinary rebalance."""

from consumers.rivals import PATIENCE, Rivals


def rivals(*times):
    made = Rivals()
    for at in times:
        made.assigned(at)
    return made


def storm(start, count):
    return [start + 0.1 * n for n in range(count)]


def test_rebalances_now_and_then_are_no_fight():
    assert not rivals().must_give_way()
    assert not rivals(*range(0, 100, 5)).must_give_way()


def test_who_was_there_before_the_storm_gives_way_early():
    assert rivals(0, *storm(60, PATIENCE["elder"])).must_give_way()
    assert not rivals(0, *storm(60, PATIENCE["elder"] - 1)).must_give_way()


def test_who_came_with_the_storm_holds_out_longer():
    assert not rivals(*storm(60, PATIENCE["elder"])).must_give_way()
    assert rivals(*storm(60, PATIENCE["younger"])).must_give_way()
