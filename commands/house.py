"""Commands about the house itself: its regions, its stores, and who works where."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Body, Code, Country, Day, TimeZone, Word, example
from commands.needs import known_region, known_store
from commands.ports import Done, Ports, Request, Stream
from domain import associate, store
from domain.access import Right, Role, require
from domain.associate import Associate, AssociateJoined
from domain.store import RegionFormed, Store, StoreOpened

# --------------------------------------------------------------------------------------------------------------- bodies


class FormRegion(Body):
    """A region of the house. The same again changes nothing."""

    model_config = example(id="emea", name="Europe, Middle East, Africa")
    id: Code
    name: Word


class OpenStore(Body):
    """A store of the house. The same again changes nothing."""

    model_config = example(
        id="paris-1",
        name="Place Vendôme",
        region_id="emea",
        country="FR",
        city="Paris",
        time_zone="Europe/Paris",
        opened_on="1998-09-01",
    )
    id: Code
    name: Word
    region_id: Code | None = None
    country: Country
    city: Word
    time_zone: TimeZone
    opened_on: Day | None = None


class JoinRegion(Body):
    """The region that a store belongs to; null for none."""

    model_config = example(region_id="emea")
    region_id: Code | None


class CloseStore(Body):
    model_config = example(on="2026-12-31")
    on: Annotated[Day, Field(description="Its last day. Sent again with another one, that is the day from then on.")]


class JoinHouse(Body):
    """An associate of the house. The same again changes nothing."""

    model_config = example(id="ines", name="Inès Laurent", role="associate", store_id="paris-1", since="2019-05-02")
    id: Annotated[Code, Field(description="Her id, as in her tokens and on her sales.")]
    name: Word
    role: Role
    store_id: Annotated[Code | None, Field(description="Left out for who works for the whole house.")] = None
    since: Annotated[Day, Field(description="Her first day.")]


class MoveAssociate(Body):
    model_config = example(store_id="rome-1", since="2026-03-01")
    store_id: Annotated[Code | None, Field(description="Null for who works for the whole house.")]
    since: Day


class GiveRole(Body):
    model_config = example(role="manager", since="2026-03-01")
    role: Role
    since: Day


class Leave(Body):
    model_config = example(on="2026-03-31")
    on: Annotated[Day, Field(description="Her last day. Sent again with another one, that is the day from then on.")]


# ------------------------------------------------------------------------------------------------------------- handlers


def form_region(body: FormRegion, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    id, event = store.region_stream_id(body.id), RegionFormed(body.id, body.name)
    decision = Decision(Stream(id, id), store.region_after, lambda now: store.form_region(now, event), id)
    return execute(ports, request, decision)


def open_store(body: OpenStore, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    event = StoreOpened(body.id, body.name, body.region_id, body.country, body.city, body.time_zone, body.opened_on)
    return execute(ports, request, _of_store(body.id, lambda now: store.open_store(now, event), body.region_id))


def join_region(store_id: str, body: JoinRegion, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    decision = _of_store(store_id, lambda now: store.join_region(now, store_id, body.region_id), body.region_id)
    return execute(ports, request, decision)


def close_store(store_id: str, body: CloseStore, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    return execute(ports, request, _of_store(store_id, lambda now: store.close(now, store_id, body.on)))


def join_house(body: JoinHouse, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    person_id = associate.stream_id(body.id)
    event = AssociateJoined(person_id, body.id, body.name, body.role, body.store_id, body.since)
    return execute(ports, request, _of_associate(body.id, lambda now: associate.join(now, event), body.store_id))


def move_associate(associate_id: str, body: MoveAssociate, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    decision = _of_associate(
        associate_id, lambda now: associate.move(now, associate_id, body.store_id, body.since), body.store_id
    )
    return execute(ports, request, decision)


def give_role(associate_id: str, body: GiveRole, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    decision = _of_associate(associate_id, lambda now: associate.give_role(now, associate_id, body.role, body.since))
    return execute(ports, request, decision)


def leave(associate_id: str, body: Leave, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.RUN_HOUSE)
    return execute(ports, request, _of_associate(associate_id, lambda now: associate.leave(now, associate_id, body.on)))


def _of_store(
    store_id: str, decide: Callable[[Store], list[store.Event]], region_id: str | None = None
) -> Decision[Store]:
    """About a store, which belongs only to a region that there is."""
    id = store.stream_id(store_id)
    needs = {} if region_id is None else {store.region_stream_id(region_id): known_region("region_id")}
    return Decision(Stream(id, id), store.after, decide, id, needs=needs)


def _of_associate(
    associate_id: str, decide: Callable[[Associate], list[associate.Event]], store_id: str | None = None
) -> Decision[Associate]:
    """About an associate, who works only at a store that there is."""
    id = associate.stream_id(associate_id)
    needs = {} if store_id is None else {store.stream_id(store_id): known_store("store_id")}
    return Decision(Stream(id, id), associate.after, decide, id, needs=needs)
