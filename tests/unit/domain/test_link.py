"""Links between two people: begun, ended, begun again, and what a couple has in common."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import link, relation
from domain.days import CalendarDay
from domain.link import AnniversaryKind, AnniversarySet, CoupleSalutationSet, EndReason, LinkBegun, LinkEnded
from domain.personal import ERASED
from domain.refusals import LinkDiffers, LinkInvalid, LinkUnknown, Refusal, RelationKindTaken, RelationUnknown
from domain.relation import HOUSE, Circle, RelationKind
from tests.support.decisions import link as at_random

ANNE, PAUL = UUID(int=1), UUID(int=2)
MARRIAGE = link.link_id(ANNE, PAUL, "spouse")
WEDDING, DIVORCE, TODAY = date(1999, 6, 12), date(2020, 3, 1), date(2026, 3, 2)
JUNE = CalendarDay(6, 12, 1999)


def wed(since: date | None = WEDDING, term: int = 1) -> LinkBegun:
    return LinkBegun(MARRIAGE, term, "spouse", Circle.PARTNER, ANNE, "wife", PAUL, "husband", since)


def ended(until: date | None = DIVORCE, reason: EndReason = EndReason.DIVORCE, term: int = 1) -> LinkEnded:
    return LinkEnded(MARRIAGE, term, ANNE, PAUL, until, reason)


def refused(refusal: type[Refusal], field: str, decide: Callable[[], object]) -> None:
    with pytest.raises(refusal) as raised:
        decide()
    assert raised.value.field == field


@pytest.mark.feature("CS-07")
def test_a_link_has_one_id_whoever_of_the_two_is_asked() -> None:
    assert link.link_id(ANNE, PAUL, "spouse") == link.link_id(PAUL, ANNE, "spouse")
    assert link.link_id(ANNE, PAUL, "spouse") != link.link_id(ANNE, PAUL, "friend")


def test_who_is_married_is_not_married_again_before_it_is_over() -> None:
    now = link.after([wed()])

    assert link.begin(now, wed(None)) == []
    refused(LinkDiffers, "since", lambda: link.begin(now, wed(date(2001, 1, 1))))
    turned = LinkBegun(MARRIAGE, 1, "spouse", Circle.PARTNER, PAUL, "husband", ANNE, "wife", WEDDING)
    assert link.begin(now, turned) == []


def test_nobody_is_her_own_spouse() -> None:
    begun = LinkBegun(MARRIAGE, 1, "spouse", Circle.PARTNER, ANNE, "wife", ANNE, "wife", None)
    refused(LinkInvalid, "other_id", lambda: link.begin(link.Link(), begun))


def test_nobody_is_the_mother_of_her_mother() -> None:
    id = link.link_id(ANNE, PAUL, "parent-child")
    mother = LinkBegun(id, 1, "parent-child", Circle.FAMILY, ANNE, "mother", PAUL, "son", None)
    reversed_ = LinkBegun(id, 1, "parent-child", Circle.FAMILY, ANNE, "child", PAUL, "parent", None)
    refused(LinkDiffers, "relation", lambda: link.begin(link.after([mother]), reversed_))


def test_a_second_marriage_of_the_same_two_is_a_term_of_its_own() -> None:
    now = link.after([wed(), ended()])

    assert link.begin(now, wed(date(2024, 5, 4))) == [wed(date(2024, 5, 4), term=2)]
    refused(LinkInvalid, "since", lambda: link.begin(now, wed(DIVORCE)))
    refused(LinkInvalid, "since", lambda: link.begin(now, wed(None)))
    assert link.begin(now, wed()) == []


def test_it_ends_once() -> None:
    now = link.after([wed()])

    assert link.end(now, MARRIAGE, None, DIVORCE, EndReason.DIVORCE, TODAY) == [ended()]
    assert link.end(now, MARRIAGE, None, None, EndReason.END, TODAY) == [ended(TODAY, EndReason.END)]
    refused(LinkInvalid, "until", lambda: link.end(now, MARRIAGE, 1, date(1999, 6, 11), EndReason.END, TODAY))
    over = link.after([wed(), ended()])
    assert link.end(over, MARRIAGE, None, None, EndReason.DIVORCE, TODAY) == []
    refused(LinkDiffers, "until", lambda: link.end(over, MARRIAGE, None, TODAY, EndReason.DIVORCE, TODAY))
    refused(LinkUnknown, "link_id", lambda: link.end(link.Link(), MARRIAGE, None, None, EndReason.END, TODAY))
    refused(LinkInvalid, "term", lambda: link.end(now, MARRIAGE, 2, None, EndReason.END, TODAY))


def test_what_was_recorded_in_error_never_was() -> None:
    error = ended(None, EndReason.RECORDED_IN_ERROR)
    now = link.after([wed(), error])

    assert now.last is None
    assert link.end(now, MARRIAGE, None, None, EndReason.RECORDED_IN_ERROR, TODAY) == []
    assert link.begin(now, wed()) == [wed(term=2)]
    refused(LinkInvalid, "until", lambda: link.end(now, MARRIAGE, None, DIVORCE, EndReason.RECORDED_IN_ERROR, TODAY))
    again = link.after([wed(), ended(), wed(TODAY, term=2), ended(None, EndReason.RECORDED_IN_ERROR, term=2)])
    assert link.end(again, MARRIAGE, None, None, EndReason.RECORDED_IN_ERROR, TODAY) == []
    assert again.on(WEDDING) is not None


def test_an_anniversary_and_a_salutation_are_a_couples_and_end_with_it() -> None:
    now = link.after([wed()])

    assert link.set_anniversary(now, MARRIAGE, AnniversaryKind.WEDDING, JUNE) == [
        AnniversarySet(MARRIAGE, 1, AnniversaryKind.WEDDING, ANNE, PAUL, JUNE, JUNE)
    ]
    assert link.set_salutation(now, MARRIAGE, "M. et Mme Roux") == [
        CoupleSalutationSet(MARRIAGE, 1, ANNE, PAUL, "M. et Mme Roux", "M. et Mme Roux")
    ]
    assert link.set_anniversary(now, MARRIAGE, AnniversaryKind.WEDDING, None) == []
    over = link.after([wed(), ended()])
    refused(LinkInvalid, "link_id", lambda: link.set_anniversary(over, MARRIAGE, AnniversaryKind.WEDDING, JUNE))
    friends = LinkBegun(MARRIAGE, 1, "friend", Circle.FRIEND, ANNE, "friend", PAUL, "friend", None)
    refused(LinkInvalid, "link_id", lambda: link.set_salutation(link.after([friends]), MARRIAGE, "Both"))


def test_who_was_erased_takes_only_her_own_copy_with_her() -> None:
    halved = AnniversarySet(MARRIAGE, 1, AnniversaryKind.WEDDING, ANNE, PAUL, ERASED, JUNE)
    assert link.set_anniversary(link.after([wed(), halved]), MARRIAGE, AnniversaryKind.WEDDING, JUNE) == []


@given(st.integers(0, 2**32))
def test_after_any_decisions_terms_follow_each_other_and_both_sides_agree(seed: int) -> None:
    chance, events = Random(seed), list[object]()
    id, _ = at_random.NOUN.stream(chance)
    for number in range(15):
        decide = chance.choice(at_random.NOUN.decisions)
        state = chance.getstate()
        try:
            news = decide(chance, link.after(events), id, UUID(int=number))
        except Refusal:
            continue
        events += news
        chance.setstate(state)
        assert decide(chance, link.after(events), id, UUID(int=number)) == [], "asked again, it is no news"
    now = link.after(events)
    terms = list(now.terms.values())
    for earlier, later in pairwise(terms):
        assert earlier.until is not None
        assert later.begun.since is not None
        assert earlier.until < later.begun.since
    for term in terms:
        kind = next(kind for kind in HOUSE if kind.code == term.begun.kind)
        sides = {term.begun.client_is, term.begun.other_is}
        assert sides & set(kind.one)
        assert sides & set(kind.other)
        assert set(term.relations()) == set(at_random.LINKS[id][0])


@pytest.mark.feature("CS-08")
def test_a_word_says_which_kind_is_meant_and_on_which_side() -> None:
    words = [word for kind in HOUSE for side in {kind.one, kind.other} for word in side]
    assert len(words) == len(set(words)) == len({word.casefold() for word in words})
    assert len({kind.code for kind in HOUSE}) == len(HOUSE)

    assert relation.tie(HOUSE, "daughter", None)[1:] == ("daughter", "parent")
    assert relation.tie(HOUSE, "daughter", "mother")[1:] == ("daughter", "mother")
    assert relation.tie(HOUSE, "mother", "son").kind is relation.tie(HOUSE, "son", "mother").kind
    assert relation.tie(HOUSE, "wife", None)[1:] == ("wife", "spouse")
    refused(RelationUnknown, "relation", lambda: relation.tie(HOUSE, "nemesis", None))
    refused(RelationUnknown, "reverse", lambda: relation.tie(HOUSE, "daughter", "daughter"))


@pytest.mark.feature("CS-08")
def test_a_retailer_adds_kinds_with_words_that_nobody_has() -> None:
    dressmaker = RelationKind(Circle.WORK, ("dressmaker",), ("patron",))
    news = relation.add(HOUSE, dressmaker)
    now = relation.after(news)

    assert now == (*HOUSE, dressmaker)
    assert relation.add(now, dressmaker) == []
    assert relation.tie(now, "patron", None) == (dressmaker, "patron", "dressmaker")
    refused(RelationKindTaken, "words", lambda: relation.add(now, RelationKind(Circle.WORK, ("patron",), ("x",))))
    refused(RelationKindTaken, "reverse_words", lambda: relation.add(now, RelationKind(Circle.WORK, ("y",), ("wife",))))
