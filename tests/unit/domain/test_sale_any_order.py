"""Whatever becomes of a sale, in any order: pieces and money add up, exact to the cent."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from domain.refusals import Refusal
from domain.sale import correcting, fulfilment, recording, returning, standing
from domain.sale.events import Event, LinesCancelled, LinesHandedOver, LinesReturned, SaleCorrected, SaleRecorded
from domain.sale.facts import Content, Handover, Line, Pieces, SaleReference, Seller
from domain.sale.returning import Returning
from domain.sale.shares import shares
from domain.sale.state import Sale, after, evolve
from domain.values import minor_units, share

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER = SaleReference("till", "1")
SALE = recording.sale_id(NUMBER)

Decide = Callable[[Sale], list[Event]]
Kind = TypeVar("Kind", bound=Event)

ids = st.integers(1, 30).map(lambda number: UUID(int=number))
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
sellers = st.lists(
    st.builds(Seller, st.sampled_from(["ines", "marc", "zoe"]), st.integers(1, 5)),
    max_size=3,
    unique_by=lambda seller: seller.associate_id,
).map(tuple)


@st.composite
def amounts(draw: st.DrawFn) -> Decimal:
    return Decimal(draw(st.integers(0, 100_000))).scaleb(-draw(st.integers(0, 4)))


@st.composite
def contents(draw: st.DrawFn) -> Content:
    lines = tuple(
        Line(
            ordinal,
            "S",
            "Silk",
            draw(st.integers(3, 6)),
            Decimal(1),
            draw(amounts()),
            sellers=draw(sellers),
            handover=draw(st.sampled_from([Handover.ORDERED, Handover.LAID_AWAY, Handover.TAKEN])),
        )
        for ordinal in range(1, draw(st.sampled_from([3, 2])))
    )
    return Content("paris-1", NOON + timedelta(days=draw(st.integers(0, 2))), lines)


@st.composite
def recordings(draw: st.DrawFn) -> Decide:
    event = SaleRecorded(SALE, NUMBER, "paris-1", NOON, draw(currencies), None, draw(contents()).lines)
    return lambda now: recording.record(now, event)


@st.composite
def corrections(draw: st.DrawFn) -> Decide:
    """The sale says something else altogether."""
    content = draw(contents())
    return lambda now: correcting.correct(now, content, "wrong")


@st.composite
def corrected_lines(draw: st.DrawFn) -> Decide:
    """A line had other sellers, and cost something else."""
    ordinal, who, net = draw(st.integers(1, 3)), draw(sellers), draw(st.none() | amounts())

    def corrected(line: Line) -> Line:
        if line.ordinal != ordinal:
            return line
        return replace(line, net=line.net if net is None else net, sellers=who)

    def decide(now: Sale) -> list[Event]:
        was = now.content or Content("paris-1", NOON, ())
        return correcting.correct(now, replace(was, lines=tuple(map(corrected, was.lines))), "wrong")

    return decide


@st.composite
def steps(draw: st.DrawFn) -> Decide:
    """Pieces arrive, change hands, come back, are exchanged, or never come."""
    id, who, at = draw(ids), draw(ids), NOON + timedelta(days=draw(st.sampled_from([4, 4, 4, 3, 1])))
    ordinals = draw(st.sampled_from([(1,), (1,), (1, 2)]))
    pieces = tuple(Pieces(ordinal, draw(st.sampled_from([2, 3, 1]))) for ordinal in ordinals)
    net = draw(st.none() | st.integers(0, 500).map(lambda cents: Decimal(cents).scaleb(-2)))
    back = tuple(Returning(each.ordinal, each.quantity, net) for each in pieces)
    choices: list[Decide] = [
        lambda now: fulfilment.hand_over(now, id, "rome-1", at, pieces),
        lambda now: fulfilment.cancel(now, id, "rome-1", at, pieces, None),
        lambda now: fulfilment.hand_over(now, id, "rome-1", at, pieces[:1]),
        lambda now: returning.return_lines(now, id, "rome-1", at, back[:1], exchanged_for=who),
        lambda now: returning.return_lines(now, id, "rome-1", at, back),
        lambda now: fulfilment.arrive(now, id, "rome-1", at, pieces),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def standings(draw: st.DrawFn) -> Decide:
    who = draw(ids)
    return lambda now: standing.attach_client(now, SALE, who)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A sale, and what became of it: refused decisions leave nothing, and asking again is no news."""
    events: list[Event] = []
    kinds = st.sampled_from([*[steps] * 10, corrected_lines, corrections, standings, recordings])
    for decide in [draw(recordings()), *draw(st.lists(kinds.flatmap(lambda kind: kind()), min_size=10, max_size=20))]:
        try:
            news = decide(after(events))
        except Refusal:
            continue
        events += news
        assert decide(after(events)) == []
    return events


@given(histories())
def test_whatever_becomes_of_a_sale_in_any_order_adds_up(events: list[Event]) -> None:
    _pieces_and_money_add_up(events)
    _every_return_knows_what_was_refunded_before(events)
    _what_sellers_are_debited_adds_up(events)
    _it_says_what_its_last_correction_says(events)
    _folded_step_by_step_it_is_the_same(events)


def _pieces_and_money_add_up(events: list[Event]) -> None:
    now = after(events)
    assert isinstance(now.recorded, SaleRecorded)
    for line in now.lines.values():
        moved, back = now.moved(line.ordinal), now.came_back(line.ordinal)
        handed = [each for event in _of(events, LinesHandedOver) for each in event.lines]
        handed = [each for each in handed if each.ordinal == line.ordinal]
        cancelled = [each for event in _of(events, LinesCancelled) for each in event.lines]
        gone = sum(each.quantity for each in cancelled if each.ordinal == line.ordinal)
        if line.handover is Handover.TAKEN:
            assert (handed, gone, moved.net) == ([], 0, line.net)
        else:
            assert moved.quantity == sum(each.quantity for each in handed) <= line.quantity - gone
            assert moved.net == sum((each.net for each in handed), Decimal(0))
            assert moved.net == share(line.net, moved.quantity, line.quantity, now.recorded.currency)
        assert all(net >= 0 for net in [*(each.net for each in handed), *(each.net for each in back)])
        assert sum(each.quantity for each in back) <= moved.quantity
        assert sum((each.net for each in back), Decimal(0)) <= moved.net


def _every_return_knows_what_was_refunded_before(events: list[Event]) -> None:
    refunded: dict[int, Decimal] = {}
    for event in _of(events, LinesReturned):
        for line in event.lines:
            assert line.net_before == refunded.get(line.ordinal, Decimal(0))
            refunded[line.ordinal] = line.net_before + line.net


def _what_sellers_are_debited_adds_up(events: list[Event]) -> None:
    now = after(events)
    assert now.recorded is not None
    for line in now.lines.values():
        back, currency = now.came_back(line.ordinal), now.recorded.currency
        debits = [shares(each.net, line.sellers, currency, each.net_before) for each in back]
        refunded = sum((each.net for each in back), Decimal(0))
        credits = shares(refunded, line.sellers, currency)
        assert [sum(each) for each in zip(*debits, strict=True)] == (credits if debits and line.sellers else [])
        if refunded == line.net:
            assert credits == shares(line.net, line.sellers, currency)


def _it_says_what_its_last_correction_says(events: list[Event]) -> None:
    corrected = _of(events, SaleCorrected)
    now = after(events)
    assert isinstance(now.recorded, SaleRecorded)
    said = [Content(now.recorded.store_id, now.recorded.occurred_at, now.recorded.lines)]
    for number, event in enumerate(corrected, 1):
        assert (event.number, event.was) == (number, said[-1])
        said.append(event.now)
    assert now.content == said[-1]


def _folded_step_by_step_it_is_the_same(events: list[Event]) -> None:
    now = Sale()
    for number, event in enumerate(events, 1):
        now = evolve(now, event)
        assert now == after(events[:number])


@given(amounts(), sellers, currencies, st.lists(amounts(), max_size=4))
@example(Decimal("100.0000"), (Seller("ines"), Seller("marc"), Seller("zoe")), "EUR", [Decimal("50.00")])
@example(Decimal("0.02"), (Seller("ines"), Seller("marc"), Seller("zoe")), "EUR", [Decimal("0.01")])
def test_shares_add_up_however_an_amount_is_cut(
    amount: Decimal, who: tuple[Seller, ...], currency: str, cuts: list[Decimal]
) -> None:
    whole = shares(amount, who, currency)
    assert sum(whole, Decimal(0)) == (amount if who else 0)
    unit = max(Decimal(1).scaleb(-minor_units(currency)), Decimal("0.0001"))
    for seller, hers in zip(who, whole, strict=True):
        assert abs(hers - amount * seller.parts / sum(each.parts for each in who)) <= unit

    before, debited = Decimal(0), [Decimal(0)] * len(who)
    for cut in [*sorted(each for each in cuts if each < amount), amount]:
        debits = shares(cut - before, who, currency, before)
        assert sum(debits, Decimal(0)) == (cut - before if who else 0)
        debited = [was + more for was, more in zip(debited, debits, strict=True)]
        before = cut
    assert debited == whole


def _of(events: Iterable[Event], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]
