"""The till's questions on PostgreSQL: for whom could this be, what did she give before, and what could be a gift?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.access import HOUSE_POLICY, Policy, Role, Sharing
from domain.client.events import ClientRegistered, DateAdded, PersonNoted
from domain.client.facts import DateKind, Name
from domain.days import CalendarDay
from domain.gift_policy import GiftPolicy
from domain.gift_proposal import Reason
from domain.link import EndReason, LinkBegun, LinkEnded
from domain.occasion import Source
from domain.refusals import DayInvalid
from domain.relation import Circle
from domain.sale.events import GiftMarked, KeptForHerself, LinesReturned, MarkRemoved, ProposalDeclined, SaleRecorded
from domain.sale.facts import GiftOccasion, Giver, Line, ReturnedLine, SaleReference
from queries.gift_occasions import GiftOccasions
from queries.gift_proposals import GiftProposals, ProposedGift
from tests.support.asking import ASSOCIATE, TODAY, Book, shaped, viewer
from tests.support.decisions import client, gift, link, sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES
from tests.support.oracles_gifts_to_give import gift_occasions_of, proposals_of
from tests.support.records import Journal

Database = Callable[[], str]

PAUL, ANNE, SON = (UUID(int=0xA0 + number) for number in range(3))
MARRIAGE, CHILDHOOD = UUID(int=0xB0), UUID(int=0xB1)
NOW, LAST_YEAR = UUID(int=0xD0), UUID(int=0xD1)
BIRTHDAY = TODAY + timedelta(days=20)


class House:
    """Paul is a client; his wife and son are known through him, the wife's birthday is in twenty days."""

    def __init__(self, url: str) -> None:
        journal = Journal()
        journal.happened(PAUL, ClientRegistered(PAUL, "paris-1", Name("Roe", "Paul"), None))
        for who, given in ((ANNE, "Anne"), (SON, "Luc")):
            journal.happened(who, PersonNoted(who, PAUL, "paris-1", Name("Roe", given)))
        day = CalendarDay(BIRTHDAY.month, BIRTHDAY.day)
        journal.happened(ANNE, DateAdded(ANNE, UUID(int=1), DateKind.BIRTHDAY, None, day, yearly=True))
        married = LinkBegun(MARRIAGE, 1, "spouse", Circle.PARTNER, PAUL, "husband", ANNE, "wife", None)
        journal.happened(MARRIAGE, married)
        father = LinkBegun(CHILDHOOD, 1, "parent-child", Circle.FAMILY, PAUL, "father", SON, "son", None)
        journal.happened(CHILDHOOD, father)
        self.book = Book(url, journal)

    def happened(self, event: Any, key: UUID = NOW) -> None:
        self.book.journal.happened(key, event)
        self.book.project()

    def bought(self, id: UUID, on: date, *pieces: int) -> None:
        lines = [Line(at, f"S-{at}", "Ring", n, Decimal(5), n * Decimal(5)) for at, n in enumerate(pieces, 1)]
        reference = SaleReference("till", str(id.int))
        at = datetime.combine(on, time(23, 30)).astimezone()
        self.happened(SaleRecorded(id, reference, "paris-1", at, "EUR", PAUL, tuple(lines)), id)

    def gave(self, id: UUID, on: date | None, mark: int = 1, **other: Any) -> None:
        occasion = GiftOccasion(Source.OWN, "birthday", on) if on else None
        event = GiftMarked(id, UUID(int=mark), 1, 1, (Giver(PAUL),), ANNE, ANNE, occasion, on, "CODE", discreet=False)
        self.happened(replace(event, **other), id)

    def proposed(self) -> list[ProposedGift]:
        answer = self.book.proposals(PAUL)
        of_sale = self.book.proposals_of_sale(NOW)
        assert answer == of_sale, "all that was bought of late is this one sale"
        assert answer is not None
        return answer.items


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    with house.book:
        yield house


@pytest.mark.feature("CS-10", "CS-13")
def test_the_till_says_whose_birthday_comes_and_what_she_got_before(house: House) -> None:
    a_year_ago = BIRTHDAY.replace(year=BIRTHDAY.year - 1)
    house.bought(LAST_YEAR, a_year_ago - timedelta(days=9), 2)
    house.gave(LAST_YEAR, a_year_ago)
    house.gave(LAST_YEAR, None, mark=2)

    answer = house.book.gift_occasions(PAUL)

    assert answer
    assert (answer.on, answer.since, answer.until) == (TODAY, TODAY - timedelta(14), TODAY + timedelta(60))
    [item] = [each for each in answer.items if each.client_id == ANNE and each.source is Source.OWN]
    assert (item.name, item.day, item.days, item.relation) == ("birthday", BIRTHDAY, 20, "wife")
    assert item.bought == []
    assert [(each.same_occasion, each.description, each.unit_price, each.quantity) for each in item.given] == [
        (True, "Ring", "5", 1),
        (False, "Ring", "5", 1),
    ]


def test_what_is_there_for_this_very_day_already_is_told_apart(house: House) -> None:
    house.bought(NOW, TODAY, 1)
    house.gave(NOW, BIRTHDAY)
    answer = house.book.gift_occasions(PAUL)
    assert answer
    [item] = [each for each in answer.items if each.source is Source.OWN]
    assert (len(item.bought), item.given) == (1, [])


def test_what_others_gave_her_is_not_his_to_know(house: House) -> None:
    house.bought(NOW, TODAY, 1)
    house.gave(NOW, BIRTHDAY, givers=(Giver(SON),))
    answer = house.book.gift_occasions(PAUL)
    assert answer
    assert all(each.bought == [] == each.given for each in answer.items)


def test_the_nearest_comes_first_and_the_window_is_the_houses(house: House) -> None:
    for name, apart in (("late", -14), ("gone", -15), ("near", -1), ("also near", 1), ("far", 60), ("too far", 61)):
        day = TODAY + timedelta(days=apart)
        date_id = UUID(int=500 + apart)
        kept = DateAdded(SON, date_id, DateKind.OTHER, name, CalendarDay(day.month, day.day), yearly=True)
        house.happened(kept, SON)
    answer = house.book.gift_occasions(PAUL)
    assert answer
    names = [each.name for each in answer.items if each.client_id == SON and each.source is Source.OWN]
    assert names == ["also near", "near", "late", "far"]

    policy = Policy(HOUSE_POLICY.sharing, 24, GiftPolicy(days_before=1, days_after=0))
    narrow = house.book.gift_occasions(PAUL, who=viewer("a", Role.ASSOCIATE, policy=policy))
    assert narrow
    assert [each.name for each in narrow.items] == ["also near"]


@pytest.mark.feature("N-08")
def test_after_a_divorce_nothing_is_suggested_and_what_was_given_stays(house: House) -> None:
    house.bought(NOW, TODAY, 2)
    house.gave(NOW, BIRTHDAY)
    house.happened(LinkEnded(MARRIAGE, 1, PAUL, ANNE, TODAY - timedelta(1), EndReason.DIVORCE), MARRIAGE)

    answer = house.book.gift_occasions(PAUL)
    assert answer
    assert all(each.client_id != ANNE for each in answer.items)
    assert all(each.recipient_id != ANNE for each in house.proposed())
    again = LinkBegun(MARRIAGE, 2, "spouse", Circle.PARTNER, PAUL, "husband", ANNE, "wife", TODAY)
    house.happened(again, MARRIAGE)
    married = house.book.gift_occasions(PAUL)
    assert married
    assert [len(each.bought) for each in married.items if each.source is Source.OWN] == [1]


def test_a_proposal_says_why_and_how_to_confirm_it(house: House) -> None:
    house.bought(NOW, TODAY, 3)
    [first] = house.proposed()
    assert (first.recipient_id, first.reason, first.quantity, first.days) == (ANNE, Reason.PARTNER, 3, 20)
    assert first.person
    assert first.person.given == "Anne"
    assert first.confirm.model_dump() == {
        "proposal_id": first.proposal_id,
        "ordinal": 1,
        "quantity": 3,
        "recipient_id": ANNE,
        "occasion": {"source": Source.OWN, "name": "birthday", "day": BIRTHDAY},
    }
    house.gave(NOW, BIRTHDAY, mark=first.proposal_id.int, quantity=3)
    assert house.proposed() == []
    house.happened(MarkRemoved(NOW, first.proposal_id))
    assert house.proposed() == [], "what was confirmed does not come back"


def test_what_is_declined_does_not_come_back(house: House) -> None:
    house.bought(NOW, TODAY, 1, 1)
    first, second = house.proposed()
    house.happened(ProposalDeclined(NOW, first.proposal_id, 1))
    assert house.proposed() == [second]


def test_what_is_kept_given_or_brought_back_is_not_proposed(house: House) -> None:
    house.bought(NOW, TODAY, 4)
    house.happened(KeptForHerself(NOW, UUID(int=9), 1, 1))
    assert [each.quantity for each in house.proposed()] == [3]
    back = ReturnedLine(1, 1, Decimal(5), "S-1", True, None, None, None, (), None)
    returned = LinesReturned(NOW, UUID(int=8), "rome", "paris-1", datetime.now().astimezone(), "EUR", PAUL, (back,))
    house.happened(returned)
    assert [each.quantity for each in house.proposed()] == [2]
    house.happened(replace(returned, return_id=UUID(int=7), lines=(replace(back, mark_id=UUID(int=9)),)))
    assert [each.quantity for each in house.proposed()] == [2], "her own came back, of which nothing was proposed"


def test_proposals_lapse(house: House) -> None:
    house.bought(NOW, TODAY - timedelta(days=30), 1)
    house.bought(LAST_YEAR, TODAY - timedelta(days=31), 1)
    assert [each.sale_id for each in house.proposed()] == [NOW]


def test_a_sale_of_nobody_proposes_nothing_and_one_of_a_hidden_client_is_unknown(house: House) -> None:
    reference = SaleReference("till", "cash")
    nobodys = SaleRecorded(SON, reference, "paris-1", datetime.now().astimezone(), "EUR", None, ())
    house.happened(nobodys, SALES[0])
    assert house.book.proposals_of_sale(SALES[0]) == GiftProposals(items=[])
    house.bought(NOW, TODAY, 1)
    stranger = viewer("stranger", Role.ASSOCIATE, policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    assert house.book.proposals_of_sale(NOW, stranger) is None
    assert house.book.proposals(PAUL, stranger) is None
    assert house.book.gift_occasions(PAUL, who=stranger) is None
    assert house.book.gift_occasions(ANNE) is None, "she is no client"


@pytest.mark.parametrize("on", [date(1899, 12, 31), date(2200, 1, 2)])
def test_a_day_nobody_lives_on_is_refused(house: House, on: date) -> None:
    with pytest.raises(DayInvalid):
        house.book.gift_occasions(PAUL, on)


@pytest.mark.feature("CS-10", "CS-13")
@pytest.mark.parametrize(("seed", "decisions"), [(7, 250), (22, 250), (8, 900)])
def test_after_any_decisions_it_is_what_the_whole_log_says(database: Database, seed: int, decisions: int) -> None:
    nouns = [client.LIVING, link.LASTING, sale.NOUN, gift.NOUN, gift.NOUN]
    journal = random_journal(Random(seed), 2, decisions, nouns)
    for number, who in enumerate(CLIENTS):
        day = CalendarDay(3, 20 + number)
        journal.happened(who, DateAdded(who, UUID(int=number), DateKind.BIRTHDAY, None, day, yearly=True))
    with Book(database(), journal) as book:
        log = journal.recorded()
        gifts = proposed = 0
        policy = replace(HOUSE_POLICY, gifts=GiftPolicy(days_before=300, proposals=20, proposed_for=400))
        for asking in (ASSOCIATE, viewer("a", Role.ASSOCIATE, policy=policy)):
            for client_id in CLIENTS:
                for on in (TODAY, date(2022, 6, 30), date(2026, 3, 2)):
                    told, answer = (
                        gift_occasions_of(log, client_id, on, asking),
                        book.gift_occasions(client_id, on, asking),
                    )
                    assert answer == (shaped(GiftOccasions, told) if told else None)
                    gifts += sum(len(each.given) for each in answer.items) if answer else 0
                told, found = proposals_of(log, None, client_id, asking), book.proposals(client_id, asking)
                assert found == (shaped(GiftProposals, told) if told else None)
                proposed += len(found.items) if found else 0
            for sale_id in SALES:
                told, found = proposals_of(log, sale_id, None, asking), book.proposals_of_sale(sale_id, asking)
                assert found == (shaped(GiftProposals, told) if told else None)
        assert gifts
        assert proposed


def test_however_many_there_are_it_takes_one_statement(house: House) -> None:
    house.bought(NOW, TODAY, 1, 1, 1)
    house.gave(NOW, BIRTHDAY)
    for asked in (
        lambda: house.book.gift_occasions(PAUL),
        lambda: house.book.proposals(PAUL),
        lambda: house.book.proposals_of_sale(NOW),
    ):
        with house.book.statements() as sent:
            assert asked()
        assert len(sent) == 1
