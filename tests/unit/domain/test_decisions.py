"""What holds for every decision, whatever happened before."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.client import addresses, life, names, registration, state, traits
from domain.client.events import AddressAdded, ClientRegistered, DateAdded, NameAdded, PersonNoted
from domain.client.facts import (
    AddressType,
    ContactKind,
    ContactState,
    DateKind,
    Name,
    NameKind,
    PostalAddress,
    TraitKind,
)
from domain.days import CalendarDay
from domain.refusals import Refusal, ReturnExceedsSale
from domain.sale import recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import ClientAttached, ClientDetached, Event, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, SaleReference
from domain.sale.returning import Returning
from domain.values import minor_units, share

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ME = UUID(int=1)
NUMBER = SaleReference("till", "1")
SALE = recording.sale_id(NUMBER)

Decide = Callable[[Any], list[Any]]

ids = st.integers(1, 4).map(lambda number: UUID(int=number))
called_so = st.builds(Name, st.sampled_from(["Leclerc", "Zoë"]))
kinds = st.sampled_from(ContactKind)
values = st.sampled_from(["a@example.com", "b@example.com"])
days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3))
currencies = st.sampled_from(["EUR", "JPY", "KWD"])


@st.composite
def amounts(draw: st.DrawFn) -> Decimal:
    return Decimal(draw(st.integers(0, 100_000))).scaleb(-draw(st.integers(0, 4)))


@st.composite
def recorded_sales(draw: st.DrawFn) -> SaleRecorded:
    quantities = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    lines = [
        Line(ordinal, "S", "Silk", quantity, Decimal(1), draw(amounts()))
        for ordinal, quantity in enumerate(quantities, 1)
    ]
    return SaleRecorded(SALE, NUMBER, "paris-1", NOON, draw(currencies), draw(st.none() | ids), tuple(lines))


@st.composite
def client_decisions(draw: st.DrawFn) -> Decide:
    id, name, kind, value = draw(ids), draw(called_so), draw(kinds), draw(values)
    event = ClientRegistered(ME, "paris-1", name, None)
    noted = PersonNoted(ME, id, None, name)
    address = AddressAdded(ME, id, draw(st.sampled_from(AddressType)), PostalAddress(value), draw(days), draw(days))
    draw_state, trait = draw(st.sampled_from(ContactState)), draw(st.sampled_from(TraitKind))
    flag, word = draw(st.booleans()), draw(st.none() | st.sampled_from(["Dear all", "Ma chère"]))
    called = NameAdded(ME, id, draw(st.sampled_from(NameKind)), name, word, None, address.since, address.until)
    day = CalendarDay(2, draw(st.none() | st.just(29)), draw(st.none() | st.just(1964)))
    celebrated = DateAdded(ME, id, draw(st.sampled_from(DateKind)), word, day, draw(st.booleans()))
    choices: list[Decide] = [
        lambda now: registration.register(now, event),
        lambda now: registration.note(now, noted),
        lambda now: registration.take_up(now, ME, "paris-1"),
        lambda now: registration.correct_name(now, ME, name),
        lambda now: addresses.add_contact_point(now, ME, id, kind, value),
        lambda now: addresses.remove_contact_point(now, ME, id),
        lambda now: addresses.set_contact_state(now, ME, id, draw_state),
        lambda now: addresses.set_surprises(now, ME, id, not_for_surprises=flag),
        lambda now: addresses.set_residency(now, ME, id, address.since, address.until),
        lambda now: names.add_name(now, called),
        lambda now: names.remove_name(now, ME, id),
        lambda now: names.set_salutation(now, ME, word),
        lambda now: life.add_date(now, celebrated),
        lambda now: life.remove_date(now, ME, id),
        lambda now: life.record_death(now, ME, address.since),
        lambda now: life.withdraw_death(now, ME),
        lambda now: traits.add_trait(now, ME, id, trait, value),
        lambda now: traits.remove_trait(now, ME, id),
        lambda now: addresses.add_address(now, address),
        lambda now: addresses.remove_address(now, ME, id),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def brought_back(draw: st.DrawFn) -> tuple[Returning, ...]:
    ordinals = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    return tuple(Returning(each, draw(st.integers(1, 6)), draw(st.none() | amounts())) for each in ordinals)


@st.composite
def sale_decisions(draw: st.DrawFn) -> Decide:
    id, event, lines = draw(ids), draw(recorded_sales()), draw(brought_back())
    without_receipt = ReturnRecorded(SALE, NUMBER, "paris-1", NOON, "EUR", None, event.lines)
    choices: list[Decide] = [
        lambda now: recording.record(now, event),
        lambda now: recording.record(now, without_receipt),
        lambda now: returning.return_lines(now, id, "rome-1", NOON + timedelta(days=1), lines),
        lambda now: standing.attach_client(now, SALE, id),
        lambda now: standing.detach_client(now, SALE),
    ]
    return draw(st.sampled_from(choices))


def _asked_twice(after: Callable[[Iterable[Any]], Any], decisions: Iterable[Decide]) -> None:
    events: list[Any] = []
    for decide in decisions:
        try:
            news = decide(after(events))
        except Refusal:
            continue
        events += news
        assert decide(after(events)) == []


@given(st.lists(client_decisions(), max_size=12))
def test_asking_the_same_of_a_client_again_is_no_news(decisions: list[Decide]) -> None:
    _asked_twice(state.after, decisions)


@given(st.lists(client_decisions(), max_size=20))
def test_what_is_known_of_a_person_is_what_was_added_and_not_removed(decisions: list[Decide]) -> None:
    events: list[Any] = []
    for decide in decisions:
        try:
            events += decide(state.after(events))
        except Refusal:
            continue
    now = state.after(events)
    kept = {"name_id": now.names, "contact_point_id": now.contact_points, "address_id": now.addresses}
    for id_field, facts in {**kept, "date_id": now.dates, "trait_id": now.traits}.items():
        there: set[UUID] = set()
        for event in events:
            if (id := getattr(event, id_field, None)) and type(event).__name__.endswith("Added"):
                there.add(id)
            elif id and type(event).__name__.endswith("Removed"):
                there.discard(id)
        assert facts.keys() == there
    assert sum(known.kind is DateKind.BIRTHDAY for known in now.dates.values()) <= 1


@given(st.lists(sale_decisions(), max_size=12))
def test_asking_the_same_of_a_sale_again_is_no_news(decisions: list[Decide]) -> None:
    _asked_twice(sales.after, decisions)


@given(recorded_sales(), st.lists(brought_back(), max_size=12))
def test_returns_never_exceed_the_sale(sold: SaleRecorded, wished: list[tuple[Returning, ...]]) -> None:
    events: list[Event] = [sold]
    for number, lines in enumerate(wished):
        try:
            events += returning.return_lines(sales.after(events), UUID(int=100 + number), "rome-1", NOON, lines)
        except Refusal:
            continue
    back = [line for event in events if isinstance(event, LinesReturned) for line in event.lines]
    for line in sold.lines:
        returned = [each for each in back if each.ordinal == line.ordinal]
        assert sum(each.quantity for each in returned) <= line.quantity
        assert all(each.net >= 0 for each in returned)
        assert sum((each.net for each in returned), Decimal(0)) <= line.net


@given(recorded_sales(), st.lists(st.integers(1, 5), max_size=12))
def test_shares_of_a_line_always_add_up_to_it(sold: SaleRecorded, portions: list[int]) -> None:
    line = sold.lines[0]
    events: list[Event] = [sold]
    for number, portion in enumerate([*portions, *[1] * line.quantity]):
        try:
            events += returning.return_lines(
                sales.after(events), UUID(int=100 + number), "rome-1", NOON, (Returning(1, portion),)
            )
        except ReturnExceedsSale:
            continue
    back = [each for event in events if isinstance(event, LinesReturned) for each in event.lines]
    assert sum(each.quantity for each in back) == line.quantity
    assert sum((each.net for each in back), Decimal(0)) == line.net


@given(amounts(), st.integers(1, 50), st.data())
def test_a_share_is_as_fine_as_the_currency_and_never_far_off(amount: Decimal, whole: int, data: st.DataObject) -> None:
    part, currency = data.draw(st.integers(0, whole)), data.draw(currencies)
    found = share(amount, part, whole, currency)

    assert abs(found * whole - amount * part) <= Decimal("0.5") * whole * Decimal(1).scaleb(-minor_units(currency))
    assert share(amount, whole, whole, currency) == amount


@given(st.lists(sale_decisions(), max_size=12))
def test_whose_sale_it_is_follows_from_its_events_alone(decisions: list[Decide]) -> None:
    events: list[Any] = []
    for decide in decisions:
        try:
            events += decide(sales.after(events))
        except Refusal:
            continue
    stood_on: UUID | None = None
    for event in events:
        if isinstance(event, ClientAttached | ClientDetached):
            assert event.previous_client_id == stood_on
        if isinstance(event, LinesReturned):
            assert event.client_id == stood_on
        stood_on = None if isinstance(event, ClientDetached) else event.client_id
    assert sales.after(events).client_id == stood_on
