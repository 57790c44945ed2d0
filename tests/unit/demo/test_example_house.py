"""The example house is believable, always the same, and never more than once in the log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pytest
from pydantic import TypeAdapter
from typing_extensions import override

from commands.execute import Decision, execute
from commands.fields import Amount, Country, Currency, Word, email_address, phone_number
from commands.ports import Change, Request
from domain.associate import AssociateJoined
from domain.client import registration, state
from domain.client.events import AddressAdded, ClientRegistered, ContactPointAdded, NameCorrected
from domain.client.facts import ContactKind, Name
from domain.sale.events import ClientAttached, LinesReturned, ReturnRecorded, SaleRecorded
from domain.store import RegionFormed, StoreOpened
from infra.demo.history import stories
from infra.demo.house import ARTICLES, STORES
from infra.demo.load import MOST_EVENTS, load
from infra.demo.shopping import FIRST_DAY, LAST_DAY
from infra.demo.staff import staff
from tests.support.memory import MemoryStreams, ports, request

T = TypeVar("T")


def told(seed: int = 7, clients: int = 400) -> Iterator[Any]:
    for _, together in stories(seed, clients):
        for story in together:
            yield from story.events


@pytest.fixture(scope="module")
def history() -> list[Any]:
    return list(told())


def of(history: list[Any], kind: type[T]) -> list[T]:
    return [event for event in history if isinstance(event, kind)]


def test_there_are_as_many_clients_as_asked_for() -> None:
    for clients in (1, 2, 3, 50):
        assert sum(isinstance(event, ClientRegistered) for event in told(clients=clients)) == clients


def test_the_same_seed_tells_the_same_story_and_another_one_another(history: list[Any]) -> None:
    assert list(told()) == history
    other = {event.client_id for event in of(list(told(seed=8)), ClientRegistered)}
    assert not other & {event.client_id for event in of(history, ClientRegistered)}


def test_a_larger_house_begins_with_the_clients_of_the_smaller_one(history: list[Any]) -> None:
    smaller = {event.client_id: event for event in of(list(told(clients=100)), ClientRegistered)}
    larger = {event.client_id: event for event in of(history, ClientRegistered)}

    assert smaller.items() <= larger.items()


def test_a_house_of_any_size_is_the_beginning_of_a_larger_one() -> None:
    larger = {story.stream.id: story for _, together in stories(7, 60) for story in together}

    for clients in range(1, 60, 7):
        for _, together in stories(7, clients):
            assert [story for story in together if larger[story.stream.id] != story] == []


def test_everything_happens_in_the_house(history: list[Any]) -> None:
    kinds = Counter(type(event) for event in history)

    assert all(kinds[kind] for kind in (NameCorrected, LinesReturned, ReturnRecorded, ClientAttached))
    assert {store.id for store in STORES} == {event.store_id for event in of(history, ClientRegistered)}
    assert kinds[SaleRecorded] > 1200
    assert kinds[LinesReturned] < kinds[SaleRecorded] / 10
    assert any(event.client_id is None for event in of(history, SaleRecorded))
    assert any(event.store_id != event.sold_at_store_id for event in of(history, LinesReturned))
    assert any(len(line.sellers) > 1 for event in of(history, SaleRecorded) for line in event.lines)
    assert any(not line.moves_goods for event in of(history, SaleRecorded) for line in event.lines)


def test_families_share_a_name_and_an_address(history: list[Any]) -> None:
    surnames = Counter(event.name.family for event in of(history, ClientRegistered) if isinstance(event.name, Name))
    homes = Counter(event.address for event in of(history, AddressAdded))

    assert sum(count > 1 for count in surnames.values()) > 40
    assert sum(count > 1 for count in homes.values()) > 40


def test_names_are_of_several_cultures_and_have_their_accents(history: list[Any]) -> None:
    names = [event.name for event in of(history, ClientRegistered) if isinstance(event.name, Name)]

    assert sum(not f"{name.given} {name.family}".isascii() for name in names) > 60
    assert len({name.family for name in names}) > 120


def test_nobody_can_be_reached(history: list[Any]) -> None:
    for point in of(history, ContactPointAdded):
        value = str(point.value)
        if point.kind is ContactKind.EMAIL:
            assert email_address(value) == value
            assert value.rpartition("@")[2] in {"example.com", "example.org", "example.net"}
        else:
            assert phone_number(value) == value


def test_every_value_is_one_that_a_command_would_take(history: list[Any]) -> None:
    word, amount = TypeAdapter(Word), TypeAdapter(Amount)
    for address in of(history, AddressAdded):
        TypeAdapter(Country).validate_python(getattr(address.address, "country", None))
    for recorded in of(history, SaleRecorded):
        TypeAdapter(Currency).validate_python(recorded.currency)
        for line in recorded.lines:
            word.validate_python(line.sku)
            assert amount.validate_python(str(line.net)) == line.net <= line.unit_price * line.quantity


def test_the_days_before_christmas_are_the_busiest(history: list[Any]) -> None:
    months = Counter(event.occurred_at.month for event in of(history, SaleRecorded))

    assert months.most_common(1)[0][0] == 12
    assert months[2] > months[1]
    assert months[8] < months[12] / 3


def test_everything_happened_in_the_years_that_are_told(history: list[Any]) -> None:
    for event in of(history, SaleRecorded):
        assert FIRST_DAY <= event.occurred_at.date() <= LAST_DAY
    for back in of(history, LinesReturned):
        assert back.occurred_at.date() <= LAST_DAY


def test_every_article_has_a_code_of_its_own() -> None:
    assert len({article.sku for article in ARTICLES}) == len(ARTICLES) > 150


def test_loading_again_adds_nothing_and_loading_more_adds_the_rest() -> None:
    streams = MemoryStreams()
    world = ports(streams)
    first = load(world, request, 60, 7)
    again = load(world, request, 60, 7)
    more = load(world, request, 90, 7)
    at_once = MemoryStreams()
    whole = load(ports(at_once), request, 90, 7)

    assert (first.events > 0, again.events) == (True, 0)
    assert first.events + more.events == whole.events
    assert {id: streams.events(id) for id in at_once.streams} == {id: at_once.events(id) for id in at_once.streams}


def test_a_load_that_was_killed_goes_on_where_it_was() -> None:
    class Dying(MemoryStreams):
        appends = 0

        @override
        def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
            self.appends += 1
            if self.appends == 3:
                raise ConnectionError
            return super().append(changes, request)

    streams, at_once = Dying(), MemoryStreams()
    with pytest.raises(ConnectionError):
        load(ports(streams), request, 90, 7)
    load(ports(streams), request, 90, 7)
    load(ports(at_once), request, 90, 7)

    assert {id: streams.events(id) for id in at_once.streams} == {id: at_once.events(id) for id in at_once.streams}


def test_every_store_and_everybody_who_sells_is_taken_into_the_house(history: list[Any]) -> None:
    taken = [event for story in staff() for event in story.events]
    opened = {event.store_id: event for event in of(taken, StoreOpened)}
    joined = {event.associate_id: event.store_id for event in of(taken, AssociateJoined)}

    assert {store.id: store.time_zone for store in STORES} == {id: each.time_zone for id, each in opened.items()}
    assert {each.region_id for each in opened.values()} == {event.region_id for event in of(taken, RegionFormed)}
    for sold in of(history, SaleRecorded):
        for seller in (seller for line in sold.lines for seller in line.sellers):
            assert joined[seller.associate_id] in opened
    assert list(staff()) == list(staff())


def test_what_people_changed_in_the_house_stays_as_they_left_it() -> None:
    streams = MemoryStreams()
    world = ports(streams)
    load(world, request, 5, 7)
    id = next(id for id in streams.streams if isinstance(streams.events(id)[0], ClientRegistered))
    before = len(streams.events(id))
    renamed = Decision(
        streams.streams[id], state.after, lambda now: registration.correct_name(now, id, Name("Other")), id
    )
    execute(world, request(), renamed)
    load(world, request, 5, 7)

    assert len(streams.events(id)) == before + 1


def test_it_is_loaded_in_small_batches_and_says_how_far_it_is() -> None:
    sizes: list[int] = []

    class Watched(MemoryStreams):
        @override
        def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
            sizes.append(sum(len(change.events) for change in changes))
            return super().append(changes, request)

    progress: list[tuple[int, int]] = []
    load(ports(Watched()), request, 300, 7, lambda done, total: progress.append((done, total)))

    assert len(sizes) > 3
    assert max(sizes) <= MOST_EVENTS
    assert progress[-1] == (300, 300)
