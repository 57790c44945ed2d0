"""Commands about gifts, from body to events."""

from typing import Any
from uuid import UUID

import pytest

from commands import client, gift, sale
from commands.ports import Change, Done, Ports, Receipt, Request, Stream
from domain.access import Caller, Policy, Role, Sharing
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.refusals import (
    ClientUnknown,
    MarkDiffers,
    MarkInvalid,
    MarksExceedLine,
    NotAllowed,
    Refusal,
    SaleUnknown,
)
from domain.sale import gifts
from domain.sale import state as sales
from domain.sale.events import (
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    SaleRecorded,
)
from domain.sale.facts import Giver
from tests.support.memory import MemoryStreams, ports, request

SCARF: dict[str, Any] = {"sku": "S-17", "description": "Scarf", "quantity": 3, "unit_price": "300.00"}
BIRTHDAY: dict[str, Any] = {"source": "own", "name": "birthday", "day": "2026-03-14"}
NOBODY = str(UUID(int=999))
IN_PARIS, IN_ROME = request(), request(Caller("rosa", Role.ASSOCIATE, "rome-1"))


def person(world: Ports, family: str, request: Request = IN_PARIS) -> UUID:
    return client.register(client.RegisterClient(name=client.Name(family=family)), world, request).subject_id


def record(world: Ports, line: dict[str, Any] = SCARF, request: Request = IN_PARIS, **other: Any) -> Done:
    body: dict[str, Any] = {
        "reference": {"source": "till", "number": "1001"},
        "occurred_at": "2026-03-02T11:00:00+01:00",
        "currency": "EUR",
        "lines": [line],
        **other,
    }
    return sale.record_sale(sale.RecordSale.model_validate(body), world, request)


def marking(world: Ports, sale_id: UUID, **body: Any) -> Done:
    return gift.mark_gift(sale_id, gift.MarkGift.model_validate({"ordinal": 1, **body}), world, request())


def now(world: Ports, sale_id: UUID) -> sales.Sale:
    return sales.after(world.streams.read([sale_id])[0].events)


@pytest.fixture
def world() -> Ports:
    return ports(MemoryStreams())


@pytest.fixture
def paul(world: Ports) -> UUID:
    return person(world, "Leclerc")


@pytest.fixture
def anne(world: Ports) -> UUID:
    return person(world, "Martin")


@pytest.fixture
def sold(world: Ports, paul: UUID) -> UUID:
    return record(world, client_id=str(paul)).subject_id


@pytest.mark.feature("CS-11", "CS-12")
def test_a_gift_is_marked_with_what_was_said_and_a_code_of_its_own(
    world: Ports, sold: UUID, paul: UUID, anne: UUID
) -> None:
    first = marking(world, sold, quantity=1, recipient_id=str(anne), occasion=BIRTHDAY)
    second = marking(world, sold, givers=[{"client_id": str(paul), "parts": 2}, {"client_id": str(anne)}])

    [one], [two] = first.events, second.events
    assert isinstance(one, GiftMarked)
    assert isinstance(two, GiftMarked)
    assert (one.recipient_id, one.givers, one.quantity) == (anne, (Giver(paul),), 1)
    assert (two.recipient_id, two.givers, two.quantity) == (None, (Giver(paul, 2), Giver(anne)), 2)
    assert one.mark_id == first.subject_id != two.mark_id
    assert one.receipt_code != two.receipt_code


@pytest.mark.feature("CS-11")
def test_a_proposal_that_is_confirmed_twice_is_one_mark(world: Ports, sold: UUID, anne: UUID) -> None:
    body = {"proposal_id": str(UUID(int=77)), "quantity": 1, "recipient_id": str(anne), "occasion": BIRTHDAY}

    assert marking(world, sold, **body).subject_id == marking(world, sold, **body).subject_id == UUID(int=77)
    assert len(now(world, sold).marks) == 1


@pytest.mark.feature("CS-11")
def test_a_mark_is_put_right_released_taken_away_and_a_proposal_declined(world: Ports, sold: UUID, anne: UUID) -> None:
    id = marking(world, sold, quantity=1).subject_id

    body = gift.RemarkGift.model_validate({"recipient_id": str(anne), "occasion": BIRTHDAY})
    [event] = gift.remark_gift(sold, id, body, world, request()).events
    assert isinstance(event, GiftMarked)
    assert (event.recipient_id, event.quantity) == (anne, 1)
    assert not gift.remark_gift(sold, id, body, world, request()).events
    [released] = gift.set_release(sold, id, gift.SetRelease(discreet=True), world, request()).events
    assert isinstance(released, GiftReleaseSet)
    assert gift.remove_mark(sold, id, world, request()).events == (MarkRemoved(sold, id),)
    declining = gift.DeclineProposal(proposal_id=UUID(int=78), ordinal=1)
    assert gift.decline_proposal(sold, declining, world, request()).events == (ProposalDeclined(sold, UUID(int=78), 1),)


def test_what_she_keeps_is_one_step(world: Ports, sold: UUID) -> None:
    done = gift.keep(sold, gift.KeepForHerself(), world, request())

    [event] = done.events
    assert isinstance(event, KeptForHerself)
    assert (done.subject_id, event.quantity) == (sold, 3)
    assert not gift.keep(sold, gift.KeepForHerself(), world, request()).events


@pytest.mark.feature("CS-11")
def test_a_gift_comes_with_its_sale_and_the_same_sale_again_is_no_news(world: Ports, paul: UUID, anne: UUID) -> None:
    line = {**SCARF, "gift": {"quantity": 2, "recipient_id": str(anne), "occasion": BIRTHDAY}}
    done = record(world, line, client_id=str(paul))

    _, marked = done.events
    assert isinstance(marked, GiftMarked)
    assert (marked.ordinal, marked.quantity, marked.givers) == (1, 2, (Giver(paul),))
    assert not record(world, line, client_id=str(paul)).events


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"recipient_id": NOBODY}, ClientUnknown, "lines.0.gift.recipient_id"),
        ({"givers": [{"client_id": NOBODY}]}, ClientUnknown, "lines.0.gift.givers"),
        ({"quantity": 4}, MarksExceedLine, "lines.0.gift.quantity"),
    ],
)
def test_a_sale_is_recorded_whatever_is_wrong_with_its_gift_and_says_what(
    world: Ports, paul: UUID, anne: UUID, said: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    lines = [{**SCARF, "gift": said}, {**SCARF, "gift": {"recipient_id": str(anne)}}]
    first, again = (record(world, client_id=str(paul), lines=lines) for _ in range(2))

    sold, marked = first.events
    assert isinstance(sold, SaleRecorded)
    assert isinstance(marked, GiftMarked)
    assert (marked.ordinal, first.version) == (2, 2)
    [refused] = first.refused
    assert (refused.code, refused.field) == (refusal.code, field)
    assert (again.events, again.version, again.refused) == ((), 2, first.refused)


def test_a_gift_of_nobody_is_no_gift_but_the_sale_is_one(world: Ports) -> None:
    done = record(world, {**SCARF, "gift": {}})

    assert [type(event) for event in done.events] == [SaleRecorded]
    assert [(each.code, each.field) for each in done.refused] == [(MarkInvalid.code, "lines.0.gift.givers")]


def test_a_receipt_tells_again_what_was_not_marked_also_when_it_could_be_by_now(world: Ports, paul: UUID) -> None:
    line = {**SCARF, "gift": {"recipient_id": NOBODY}}
    key = Receipt(UUID(int=70), "fingerprint")
    first = record(world, line, client_id=str(paul), request=request(receipt=key))
    known = ClientRegistered(UUID(NOBODY), None, Name("Martin"), None)
    world.streams.append([Change(Stream(UUID(NOBODY), UUID(NOBODY)), 0, (known,))], request())

    again = record(world, line, client_id=str(paul), request=request(receipt=key))
    assert (again.repeated, again.version, again.refused) == (True, 1, first.refused)
    [differs] = record(world, line, client_id=str(paul)).refused
    assert (differs.code, differs.field) == (MarkDiffers.code, "lines.0.gift")


@pytest.fixture
def each_store_its_own() -> Ports:
    return ports(MemoryStreams(), policy=Policy({Role.ASSOCIATE: Sharing.STORE, Role.HEAD_OFFICE: Sharing.HOUSE}, 24))


def test_who_is_hidden_is_nobody_also_where_she_is_given_something(each_store_its_own: Ports) -> None:
    world = each_store_its_own
    hidden, seen = person(world, "Martin"), person(world, "Rossi", IN_ROME)
    told = []
    for number, recipient in enumerate((str(hidden), NOBODY)):
        gift = {"recipient_id": recipient, "givers": [{"client_id": str(seen)}]}
        reference = {"source": "till", "number": str(number)}
        told.append(record(world, {**SCARF, "gift": gift}, request=IN_ROME, reference=reference, client_id=str(seen)))
    for done in told:
        assert [type(event) for event in done.events] == [SaleRecorded]
        assert done.refused == told[0].refused
    assert told[0].refused[0].code == ClientUnknown.code


@pytest.mark.feature("CS-11")
def test_a_proposal_for_somebody_hidden_is_refused_as_one_for_nobody(each_store_its_own: Ports) -> None:
    """She may be linked to a client whom the caller sees, and was proposed to somebody who sees them both."""
    world = each_store_its_own
    hidden, seen = person(world, "Martin"), person(world, "Rossi", IN_ROME)
    sale_id = record(world, request=IN_ROME, client_id=str(seen)).subject_id
    proposed = {"proposal_id": str(UUID(int=77)), "quantity": 1, "occasion": BIRTHDAY}
    told = []
    for recipient in (hidden, NOBODY):
        body = gift.MarkGift.model_validate({**proposed, "ordinal": 1, "recipient_id": str(recipient)})
        with pytest.raises(ClientUnknown) as refused:
            gift.mark_gift(sale_id, body, world, IN_ROME)
        told.append((refused.value.detail, refused.value.field))
    assert told == [told[0]] * 2
    assert told[0][1] == "recipient_id"
    told_all = request(Caller("boss", Role.HEAD_OFFICE))
    assert gift.mark_gift(sale_id, body.model_copy(update={"recipient_id": hidden}), world, told_all).events


def test_of_a_sale_whose_client_is_hidden_by_now_no_mark_is_told(each_store_its_own: Ports) -> None:
    world = each_store_its_own
    hidden, seen = person(world, "Martin"), person(world, "Rossi", IN_ROME)
    line = {**SCARF, "gift": {"givers": [{"client_id": str(seen)}]}}
    first = record(world, line, request=IN_ROME)
    assert not first.refused
    sale.attach_client(first.subject_id, sale.AttachClient(client_id=hidden), world, IN_PARIS)

    with_mark = record(world, line, request=IN_ROME)
    gift.remove_mark(first.subject_id, gifts.of_line(first.subject_id, 1), world, IN_PARIS)
    without = record(world, line, request=IN_ROME)
    assert with_mark.refused == without.refused
    assert [each.code for each in without.refused] == [SaleUnknown.code]
    assert not without.events


def test_a_sale_stands_on_a_client_of_the_house_whatever_she_gives(world: Ports) -> None:
    """Somebody known is a giver, but no client."""
    person_id = UUID(int=555)
    with pytest.raises(ClientUnknown) as refused:
        record(world, {**SCARF, "gift": {"givers": [{"client_id": str(person_id)}]}}, client_id=str(person_id))
    assert refused.value.field == "client_id"


@pytest.mark.parametrize(
    ("said", "field"), [({"recipient_id": NOBODY}, "recipient_id"), ({"givers": [{"client_id": NOBODY}]}, "givers")]
)
def test_whoever_gives_or_gets_is_somebody_the_house_knows(
    world: Ports, sold: UUID, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(ClientUnknown) as refused:
        marking(world, sold, **said)
    assert refused.value.field == field


def test_a_sale_of_nobody_is_given_by_whom_is_named(world: Ports, anne: UUID) -> None:
    sale_id = record(world).subject_id

    with pytest.raises(MarkInvalid) as refused:
        marking(world, sale_id)
    assert refused.value.field == "givers"
    assert marking(world, sale_id, givers=[{"client_id": str(anne)}]).events


def test_a_return_names_the_gift_that_it_is(world: Ports, sold: UUID, anne: UUID) -> None:
    id = marking(world, sold, quantity=1, recipient_id=str(anne)).subject_id
    body = {"occurred_at": "2026-03-02T12:00:00Z", "lines": [{"ordinal": 1, "quantity": 1, "mark_id": str(id)}]}

    [back] = sale.return_lines(sold, sale.ReturnLines.model_validate(body), world, request()).events
    assert isinstance(back, LinesReturned)
    assert [line.mark_id for line in back.lines] == [id]


def test_gifts_are_for_those_who_record_sales(world: Ports, sold: UUID) -> None:
    auditor = request(Caller("auditor-1", Role.AUDITOR))
    with pytest.raises(NotAllowed):
        gift.keep(sold, gift.KeepForHerself(), world, auditor)
    with pytest.raises(SaleUnknown):
        gift.keep(UUID(int=404), gift.KeepForHerself(), world, request())
