"""A book changes hands: whoever is asked twice, or stopped on the way, moves each client once."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from commands import affiliation as commands
from commands import client, house, sale
from commands.ports import Ports, Receipt, Request
from commands.reassignment import Reassign, Reassigned, reassign
from domain import affiliation
from domain.access import Caller, Policy, Role
from domain.reassignment import ReassignmentOrdered
from domain.receipt import receipt_id
from domain.refusals import AssociateUnknown, ClientUnknown, KeyReused, NotAllowed, Refusal, SaleUnknown
from tests.support.memory import Fragile, Stops, ports, request

OFFICE = Caller("office", Role.HEAD_OFFICE)
MARCH = date(2026, 3, 1)


def a_house(clients: int) -> tuple[Ports, Fragile, list[UUID]]:
    """A house in which Inès serves so many clients, and is the primary associate of each."""
    streams = Fragile()
    world, asked = ports(streams), request(OFFICE)
    shop = {"id": "paris-1", "name": "Paris", "country": "FR", "city": "Paris", "time_zone": "Europe/Paris"}
    house.open_store(house.OpenStore.model_validate(shop), world, asked)
    for who in ("ines", "marc", "yuki"):
        joined = {"id": who, "name": who, "role": "associate", "store_id": "paris-1", "since": "2020-01-01"}
        house.join_house(house.JoinHouse.model_validate(joined), world, asked)
    ids = []
    for _ in range(clients):
        id = client.register(client.RegisterClient.model_validate({"name": {"family": "L"}}), world, asked).subject_id
        commands.begin(id, commands.BeginAffiliation(associate_id="ines", store_id="paris-1"), world, asked)
        commands.name_primary(id, commands.NamePrimary(associate_id="ines"), world, asked)
        ids.append(id)
    streams.sizes.clear()
    return world, streams, ids


def order(*to: str, **other: Any) -> Reassign:
    takers = [{"associate_id": each} for each in to]
    return Reassign.model_validate({"to": takers, "since": "2026-03-01", "cause": "left", **other})


def primaries(streams: Fragile, clients: list[UUID]) -> list[str | None]:
    return [affiliation.primary(affiliation.after(streams.events(affiliation.stream_id(id))), MARCH) for id in clients]


def keyed(fingerprint: str = "f") -> Request:
    return request(OFFICE, receipt=Receipt(receipt_id("office", "key"), fingerprint))


@pytest.mark.feature("X-39")
def test_a_book_is_shared_evenly_and_in_small_appends() -> None:
    world, streams, clients = a_house(150)
    done = reassign("ines", order("marc", "yuki"), world, request(OFFICE))

    assert (done.moved, done.left_alone) == (150, ())
    assert sorted(map(str, primaries(streams, clients))) == ["marc"] * 75 + ["yuki"] * 75
    assert max(streams.sizes) <= 500
    assert len(streams.sizes) == 1 + 3 + 1


@pytest.mark.parametrize("appends", range(5))
def test_stopped_on_the_way_it_goes_on_where_it_was(appends: int) -> None:
    world, streams, clients = a_house(150)
    streams.left = appends
    with pytest.raises(Stops):
        reassign("ines", order("marc", "yuki"), world, keyed())
    streams.left = None
    done = reassign("ines", order("marc", "yuki"), world, keyed())
    again = reassign("ines", order("marc", "yuki"), world, keyed())

    assert (done.moved, done.left_alone, again.moved, again.repeated) == (150, (), 150, True)
    assert sorted(map(str, primaries(streams, clients))) == ["marc"] * 75 + ["yuki"] * 75
    for id in clients:
        assert len(streams.events(affiliation.stream_id(id))) == 2 + 3


def test_the_same_key_with_another_order_is_refused_before_anything_moves() -> None:
    world, streams, clients = a_house(2)
    streams.left = 1
    with pytest.raises(Stops):
        reassign("ines", order("marc"), world, keyed())
    streams.left = None
    with pytest.raises(KeyReused):
        reassign("ines", order("yuki"), world, keyed("g"))
    assert primaries(streams, clients) == ["ines", "ines"]


def test_clients_named_for_somebody_go_to_her_and_the_others_are_shared() -> None:
    world, streams, clients = a_house(4)
    takers = [{"associate_id": "marc", "clients": [str(clients[3])]}, {"associate_id": "yuki"}]
    done = reassign("ines", order(to=takers), world, request(OFFICE))

    assert done.moved == 4
    assert primaries(streams, clients) == ["yuki", "yuki", "yuki", "marc"]


def test_what_was_ordered_and_why_is_kept() -> None:
    world, streams, clients = a_house(1)
    done = reassign("ines", order("marc", remark="She asked for him"), world, request(OFFICE))
    ordered, completed = streams.events(done.stream.id)

    assert isinstance(ordered, ReassignmentOrdered)
    assert (ordered.remark, ordered.shares[0].clients) == ("She asked for him", tuple(clients))
    assert isinstance(done, Reassigned)
    assert done.events == (completed,)


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (Caller("ines", Role.ASSOCIATE, "paris-1"), NotAllowed),
        (Caller("boss", Role.MANAGER, "rome-1"), AssociateUnknown),
        (Caller("boss", Role.MANAGER), AssociateUnknown),
    ],
)
def test_only_who_answers_for_the_book_reassigns_it(caller: Caller, refusal: type[Refusal]) -> None:
    world, _, _ = a_house(0)
    with pytest.raises(refusal):
        reassign("ines", order("marc"), world, request(caller))


@pytest.mark.feature("CS-06")
def test_a_client_who_is_not_seen_is_to_every_command_as_if_she_did_not_exist() -> None:
    world, _, [anne] = a_house(1)
    own = replace(world, policy=Policy({}, home_store_months=24))
    ines, stranger = (request(Caller(who, Role.ASSOCIATE, "paris-1")) for who in ("ines", "stranger"))
    name = client.CorrectName(family="Leclercq")
    begun = commands.BeginAffiliation()

    assert client.correct_name(anne, name, own, ines).events
    unknown = [_refused(lambda: client.correct_name(UUID(int=99), name, own, stranger))]
    unknown += [_refused(lambda: commands.begin(UUID(int=99), begun, own, stranger))]
    hidden = [_refused(lambda: client.correct_name(anne, name, own, stranger))]
    hidden += [_refused(lambda: commands.begin(anne, begun, own, stranger))]
    stale = request(stranger.caller, expected_version=77)
    hidden += [_refused(lambda: client.correct_name(anne, name, own, stale))]
    assert [*unknown, unknown[0]] == hidden
    assert unknown[0][0] is ClientUnknown

    line = {"sku": "R-1", "description": "Ring", "quantity": 1, "unit_price": "10.00"}
    sold = {"reference": {"source": "till", "number": "1"}, "occurred_at": "2026-03-01T12:00:00Z", "currency": "EUR"}
    body = sale.RecordSale.model_validate({**sold, "client_id": str(anne), "lines": [line]})
    assert _refused(lambda: sale.record_sale(body, own, stranger))[0] is ClientUnknown
    sale_id = sale.record_sale(body, own, ines).subject_id
    assert _refused(lambda: sale.detach_client(sale_id, own, stranger))[0] is SaleUnknown
    assert sale.detach_client(sale_id, own, ines).events


def _refused(command: Any) -> tuple[type[Refusal], str, str | None]:
    with pytest.raises(Refusal) as refused:
        command()
    return type(refused.value), refused.value.detail, refused.value.field
