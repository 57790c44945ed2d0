"""What is proposed as a gift: a few good guesses, the best first, and none of them twice."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import occasion
from domain.days import CalendarDay
from domain.gift_policy import HOUSE_GIFTS, GiftPolicy, shows_to_recipient
from domain.gift_proposal import Given, Proposal, Reason, Relative, Unmarked, proposals
from domain.occasion import Linked, Person, Remembered, Source
from domain.relation import Circle
from domain.sale.facts import GiftOccasion

SOLD_ON = date(2026, 5, 20)
SALE, OTHER_SALE = UUID(int=1), UUID(int=2)
NECKLACE = Unmarked(SALE, 1, 1, SOLD_ON)
NOBODY = Person()
WIFE, SON, MOTHER, FRIEND = (UUID(int=number) for number in range(10, 14))


def born(month: int, day: int) -> Person:
    return Person((Remembered("birthday", CalendarDay(month, day)),))


def relative(id: UUID, relation: str, circle: Circle, person: Person, **more: Any) -> Relative:
    return Relative(id, Linked(person, relation, circle, **more))


FAMILY = [
    relative(FRIEND, "friend", Circle.FRIEND, born(5, 21)),
    relative(MOTHER, "mother", Circle.FAMILY, born(5, 22)),
    relative(SON, "son", Circle.FAMILY, born(5, 25)),
    relative(WIFE, "wife", Circle.PARTNER, born(6, 14)),
]
BIRTHDAY = GiftOccasion(Source.OWN, "birthday", date(2026, 6, 14))
GIVEN_LAST_YEAR = Given(OTHER_SALE, FRIEND, replace(BIRTHDAY, day=date(2025, 5, 21)))


def proposed(
    *unmarked: Unmarked,
    family: list[Relative] = FAMILY,
    gifts: tuple[Given, ...] = (),
    settled: tuple[UUID, ...] = (),
    on: date = SOLD_ON,
    policy: GiftPolicy = HOUSE_GIFTS,
    client: Person = NOBODY,
) -> list[Proposal]:
    return proposals(policy, on, client, unmarked or (NECKLACE,), family, gifts, settled)


@pytest.mark.feature("CS-10")
def test_to_whom_he_gave_comes_first_then_spouse_children_parents() -> None:
    assert [(each.recipient_id, each.reason, each.days) for each in proposed()] == [
        (WIFE, Reason.PARTNER, 25),
        (SON, Reason.CHILD, 5),
        (MOTHER, Reason.PARENT, 2),
    ]
    assert [each.recipient_id for each in proposed(gifts=(GIVEN_LAST_YEAR,))] == [FRIEND, WIFE, SON]


def test_of_two_alike_the_nearest_day_comes_first() -> None:
    daughter = relative(UUID(int=20), "daughter", Circle.FAMILY, born(5, 18))
    assert [each.recipient_id for each in proposed(family=[*FAMILY, daughter])][1:] == [UUID(int=20), SON]


def test_a_few_relatives_and_lines_are_no_noise_at_the_till() -> None:
    lines = [replace(NECKLACE, ordinal=number) for number in range(1, 31)]
    assert [(each.recipient_id, each.unmarked.ordinal) for each in proposed(*lines)] == [
        (WIFE, 1),
        (WIFE, 2),
        (WIFE, 3),
    ]
    assert len(proposed(*lines, policy=GiftPolicy(proposals=5))) == 5


def test_only_days_in_the_window_of_the_sale_are_thought_of() -> None:
    for apart, thought_of in ((-15, False), (-14, True), (0, True), (60, True), (61, False)):
        day = SOLD_ON + timedelta(days=apart)
        family = [relative(WIFE, "wife", Circle.PARTNER, born(day.month, day.day))]
        assert bool(proposed(family=family)) is thought_of, apart


def test_proposals_lapse() -> None:
    assert proposed(on=SOLD_ON + timedelta(days=30)) == proposed()
    assert proposed(on=SOLD_ON + timedelta(days=31)) == []
    assert proposed(on=SOLD_ON - timedelta(days=1)) == []


def test_what_is_settled_does_not_come_back_and_leaves_room() -> None:
    first, *rest = proposed()
    family = [*FAMILY, relative(UUID(int=20), "father", Circle.FAMILY, born(6, 1))]
    assert [each.recipient_id for each in proposed(family=family, settled=(first.id,))] == [SON, MOTHER, UUID(int=20)]
    assert proposed(settled=tuple(each.id for each in (first, *rest))) == []


def test_what_another_sale_is_for_already_is_not_proposed_again() -> None:
    here, there = (Given(sale_id, WIFE, BIRTHDAY) for sale_id in (SALE, OTHER_SALE))
    assert WIFE in {each.recipient_id for each in proposed(gifts=(here,))}, "two pieces of one sale are for one day"
    assert WIFE not in {each.recipient_id for each in proposed(gifts=(there,))}
    brought_back = replace(there, given_up_on=date(2026, 5, 19))
    assert WIFE in {each.recipient_id for each in proposed(gifts=(brought_back,))}
    after_the_day = replace(there, given_up_on=date(2026, 6, 20))
    assert WIFE not in {each.recipient_id for each in proposed(gifts=(after_the_day,))}


@pytest.mark.feature("N-08")
def test_who_is_linked_no_longer_is_not_thought_of() -> None:
    divorced = relative(WIFE, "wife", Circle.PARTNER, born(5, 10), until=date(2026, 5, 19))
    widow = relative(SON, "son", Circle.FAMILY, replace(born(5, 25), has_died=True))
    gave_her = Given(OTHER_SALE, WIFE, None)
    assert proposed(family=[divorced, widow], gifts=(gave_her,)) == []
    assert proposed(client=Person(has_died=True)) == []


def test_who_is_linked_twice_is_proposed_once_for_the_better_reason() -> None:
    also = relative(WIFE, "colleague", Circle.WORK, born(6, 14)), relative(WIFE, "mother", Circle.FAMILY, born(6, 14))
    assert proposed(family=[*also, *FAMILY[2:]]) == proposed(family=FAMILY[2:])


def test_a_feast_for_greetings_is_nothing_to_give_on() -> None:
    french = [relative(WIFE, "wife", Circle.PARTNER, Person(country="FR"))]
    before_easter = replace(NECKLACE, sold_on=date(2026, 3, 20))
    around = HOUSE_GIFTS.window(before_easter.sold_on)
    assert {each.name for each in occasion.with_linked(NOBODY, french[0].linked, *around)} == {"easter"}
    assert proposed(before_easter, family=french, on=before_easter.sold_on) == []


days = st.dates(date(2026, 3, 1), date(2026, 8, 1))
people = st.sampled_from([WIFE, SON, MOTHER, FRIEND])
sales = st.sampled_from([SALE, OTHER_SALE])
relatives = st.builds(
    relative,
    people,
    st.sampled_from(["wife", "son", "daughter", "mother", "friend"]),
    st.sampled_from(Circle),
    st.builds(born, st.integers(3, 8), st.integers(1, 28)),
)
gifts = st.builds(
    Given,
    sales,
    people,
    st.none() | st.builds(GiftOccasion, st.just(Source.OWN), st.just("birthday"), days),
    st.none() | days,
)


@given(
    st.lists(st.builds(Unmarked, sales, st.integers(1, 3), st.integers(1, 2), days), max_size=4),
    st.lists(relatives, max_size=6),
    st.lists(gifts, max_size=4),
    days,
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_it_is_a_few_of_the_best_and_declining_all_ends_them(
    lines: list[Unmarked], family: list[Relative], given_before: list[Given], on: date, chance: Any
) -> None:
    settled: list[UUID] = []
    places = []
    for _ in range(1000):
        found = proposals(HOUSE_GIFTS, on, NOBODY, lines, family, given_before, settled)
        for each in (lines, family, given_before):
            chance.shuffle(each)
        assert [each.id for each in found] == [
            each.id for each in proposals(HOUSE_GIFTS, on, NOBODY, lines, family, given_before, settled)
        ]
        assert len(found) <= HOUSE_GIFTS.proposals
        assert len({each.id for each in found}) == len(found)
        assert not {each.id for each in found} & {*settled}
        if not found:
            break
        settled.append(found[0].id)
        places.append((list(Reason).index(found[0].reason), abs(found[0].days)))
    assert not found
    assert places == sorted(places)


@pytest.mark.feature("N-09")
def test_a_gift_shows_to_who_gets_it_from_its_day_on_unless_it_is_discreet() -> None:
    released_on = HOUSE_GIFTS.release(date(2026, 6, 14))
    assert released_on == date(2026, 6, 21)
    assert HOUSE_GIFTS.release(None) is None
    assert not shows_to_recipient(released_on, date(2026, 6, 20), discreet=False)
    assert shows_to_recipient(released_on, date(2026, 6, 21), discreet=False)
    assert not shows_to_recipient(released_on, date(2099, 1, 1), discreet=True)
    assert not shows_to_recipient(None, date(2099, 1, 1), discreet=False)
