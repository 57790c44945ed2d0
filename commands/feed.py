"""What another system recorded, set-wise: its receipts and items, each once; and what the house does not know yet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from commands.execute import Decision, execute_many
from commands.ports import AHEAD, Done, Ports, Request, Stream
from domain import item, store
from domain.access import Right, require
from domain.client import registration
from domain.client import state as clients
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.item import ItemDescribed
from domain.refusals import ClientUnknown, ItemUnknown, Refusal, SaleInvalid, StoreUnknown
from domain.sale import recording
from domain.sale import state as sales
from domain.sale.events import ReturnRecorded, SaleRecorded
from domain.sale.state import Sale


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened at once: a sale, a return without its receipt, or both. `client` is the number under which the
    other system knows her; it makes her id."""

    events: tuple[SaleRecorded | ReturnRecorded, ...]
    client: Reference | None = None


Fed: TypeAlias = Receipt | ItemDescribed


@dataclass(frozen=True, slots=True)
class Trusted:
    """What is taken on the other system's word, though the house does not know it: a store by its id, an item as the
    line describes it or not at all, a client by her number, who is registered by it."""

    stores: bool = False
    items: bool = False
    clients: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Something has to be known first: the events of the stream `waits_for` would tell. `about` is its short id."""

    refusal: Refusal
    waits_for: UUID
    about: str | None = None


NotTaken: TypeAlias = Refusal | Missing
Outcome: TypeAlias = tuple[Done, ...] | NotTaken


def record_fed(
    fed: Sequence[Fed],
    trusted: Trusted,
    put_aside: Callable[[Mapping[int, NotTaken]], None],
    ports: Ports,
    request: Request,
) -> list[Outcome]:
    """Records what a feed brings with one append, in which the request's offset moves as well.

    What is known with the same content is no news. What cannot be taken is no hindrance to the rest: `put_aside` is
    given it, by its index, before the append, perhaps more than once. At most some 500 events and 500 kB at a time.
    """
    require(request.caller, Right.FEED)
    house = _House(fed, trusted, ports)
    decisions: list[Decision[Any]] = []
    taken: dict[int, list[int]] = {}
    missing: dict[int, NotTaken] = {}
    for at, each in enumerate(fed):
        found = house.decisions(each)
        if isinstance(found, Refusal | Missing):
            missing[at] = found
            continue
        decisions += found.beside
        taken[at] = list(range(len(decisions), len(decisions) + len(found.own)))
        decisions += found.own
    fed_at = {index: at for at, indexes in taken.items() for index in indexes}

    def refused(refusals: Mapping[int, Refusal]) -> None:
        own: dict[int, NotTaken] = {fed_at[index]: each for index, each in refusals.items() if index in fed_at}
        if aside := missing | own:
            put_aside(aside)

    done = execute_many(ports, request, decisions, refused)
    return [missing[at] if at in missing else _together(done[index] for index in taken[at]) for at in range(len(fed))]


def _together(outcomes: Iterable[Done | Refusal]) -> Outcome:
    """A receipt is taken if all of it is."""
    done: list[Done] = []
    for each in outcomes:
        if isinstance(each, Refusal):
            return each
        done.append(each)
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Decisions:
    """What is decided about a thing itself, and what goes `beside` it, whose refusal is nobody's concern."""

    own: Sequence[Decision[Any]]
    beside: Sequence[Decision[Any]] = ()


class _House:
    """What the house knows of all that is mentioned, read at once. Nothing of it is ever unknown again."""

    def __init__(self, fed: Sequence[Fed], trusted: Trusted, ports: Ports) -> None:
        self._trusted = trusted
        self._latest = ports.clock() + AHEAD
        events = [event for each in fed if isinstance(each, Receipt) for event in each.events]
        skus = {line.sku for event in events for line in event.lines if not (line.description and line.brand)}
        stores = {event.store_id for event in events} if not trusted.stores else set()
        people = {event.client_id for event in events if event.client_id}
        items = {sku: item.stream_id(sku) for sku in skus}
        ids = [*items.values(), *map(store.stream_id, stores), *people]
        past = dict(zip(ids, (each.events for each in ports.streams.read(ids)), strict=True))
        known = {sku: item.after(past[id]).described for sku, id in items.items()}
        self._items = {sku: described for sku, described in known.items() if described}
        self._stores = {id for id in stores if store.after(past[store.stream_id(id)]).opened}
        self._clients = {id for id in people if clients.after(past[id]).registered}

    def decisions(self, fed: Fed) -> _Decisions | NotTaken:
        """What is to be decided, or why nothing can be. Sees what those asked for before will have made known."""
        if isinstance(fed, ItemDescribed):
            self._items[fed.sku] = fed
            id = item.stream_id(fed.sku)
            return _Decisions([Decision(Stream(id, id), item.after, lambda now: item.describe(now, fed), id)])
        unknown = next((each for event in fed.events for each in self._unknown(event, fed.client)), None)
        return unknown or _Decisions([self._recording(event) for event in fed.events], [*self._registering(fed)])

    def _unknown(self, event: SaleRecorded | ReturnRecorded, client: Reference | None) -> Iterator[NotTaken]:
        if event.occurred_at > self._latest:
            yield SaleInvalid("This lies in the future.", "occurred_at")
        if not self._trusted.stores and event.store_id not in self._stores:
            refusal = StoreUnknown("There is no store with this id.", "store")
            yield Missing(refusal, store.stream_id(event.store_id), event.store_id)
        id = event.client_id
        if id and id not in self._clients and not (client and self._trusted.clients):
            yield Missing(ClientUnknown("There is no client with this number.", "client"), id)
        for line in event.lines:
            bare = line.moves_goods and not line.description
            if bare and line.sku not in self._items and not self._trusted.items:
                refusal_of = ItemUnknown("Nobody has described the item of this line yet.", "sku")
                yield Missing(refusal_of, item.stream_id(line.sku), line.sku)

    def _registering(self, fed: Receipt) -> Iterator[Decision[Any]]:
        """Her registration, before her first sale. One who becomes known with other data meanwhile stays as she is."""
        id = fed.events[0].client_id
        if id and fed.client and id not in self._clients:
            self._clients.add(id)
            event = ClientRegistered(id, None, None, fed.client)
            yield Decision(Stream(id, id), clients.after, lambda now: registration.register(now, event), id)

    def _recording(self, event: SaleRecorded | ReturnRecorded) -> Decision[Sale]:
        id = event.sale_id
        items = {line.sku: self._items[line.sku] for line in event.lines if line.sku in self._items}
        return Decision(
            Stream(id, id), sales.after, lambda now: recording.record(now, _described(event, now, items)), id
        )


def _described(
    event: SaleRecorded | ReturnRecorded, now: Sale, items: Mapping[str, ItemDescribed]
) -> SaleRecorded | ReturnRecorded:
    """The event with its bare lines described. One that comes again is described as it was the first time, whatever the
    items are called by now."""
    if now.recorded is None:
        return replace(event, lines=tuple(item.described(line, items.get(line.sku)) for line in event.lines))
    before = {line.ordinal: line for line in now.recorded.lines}
    return replace(event, lines=tuple(item.described(line, before.get(line.ordinal)) for line in event.lines))
