"""What the slow answers about ticklers are made of: the log, sorted out once, and what they find in it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import affiliation, associate
from domain.access import Viewer
from domain.affiliation import Affiliations
from domain.associate import Associate
from domain.calendar_event.state import CalendarEvent
from domain.client import state
from domain.client.state import Client
from domain.sale import state as sales
from domain.sale.state import Sale
from domain.tickler_cause import About, tickler_id
from domain.tickler_rule import Owner
from projections.projection import Recorded
from tests.support.oracles import Answer
from tests.support.oracles_calendar import calendar_events, reached
from tests.support.oracles_contacts import outreach_of

FIRST, LAST = date(2022, 1, 1), date(2028, 12, 31)
"""No day of a cause outside of these is looked at."""

T = TypeVar("T")


class World:
    """The whole log, who asks, and in which time zone; whatever takes long is worked out once."""

    def __init__(self, log: Sequence[Recorded], who: Viewer, zone: ZoneInfo) -> None:
        self.log, self.who, self.zone = log, who, zone
        self._streams: dict[UUID, list[Recorded]] = defaultdict(list)
        for each in log:
            self._streams[each.stream_id].append(each)
        self._known: dict[Any, Any] = {}

    def its(self, stream_id: UUID) -> list[Recorded]:
        """What happened in a stream."""
        return self._streams[stream_id]

    def once(self, key: Any, work: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]
        return found

    def person(self, id: UUID) -> Client:
        return self.once(("person", id), lambda: state.after(each.event for each in self.its(id)))

    def serving(self, client_id: UUID) -> Affiliations:
        its = self.its(affiliation.stream_id(client_id))
        return self.once(("serving", client_id), lambda: affiliation.after(each.event for each in its))

    def associate(self, id: str) -> Associate:
        return associate.after(each.event for each in self.its(associate.stream_id(id)))

    def outreach(self, client_id: UUID) -> list[Answer]:
        return self.once(("outreach", client_id), lambda: outreach_of(self.log, client_id))

    def reached(self, client_id: UUID) -> dict[UUID, CalendarEvent]:
        return self.once(("reached", client_id), lambda: reached(self.log, client_id, self.who))

    @property
    def calendar_events(self) -> dict[UUID, CalendarEvent]:
        return self.once("calendar events", lambda: calendar_events(self.log))

    @property
    def sales(self) -> dict[UUID, Sale]:
        ids = sorted({each.stream_id for each in self.log if hasattr(each.event, "sale_id")})
        return self.once("sales", lambda: {id: sales.after(each.event for each in self.its(id)) for id in ids})


@dataclass(frozen=True, slots=True)
class Her:
    """A client in it, with all goods that ever changed hands."""

    world: World
    client_id: UUID
    now: Client
    goods: list[Answer]

    @property
    def bought(self) -> list[Answer]:
        """What she bought, whoever has it, as long as it did not all come back."""
        return [each for each in self.goods if each["client_id"] == self.client_id and each["left"] > 0]


@dataclass(frozen=True, slots=True)
class Found:
    """A cause, and the day of it: `over_on` is when there is no reason any more, `facts` are what else is told."""

    cause: str
    occurrence: str
    day: date
    matter: str | None = None
    over_on: date | None = None
    associate_id: str | None = None
    sellers: tuple[tuple[str, int], ...] = ()
    person_id: UUID | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Tickler:
    """What follows from it by a version of a rule, before anybody did anything."""

    client_id: UUID
    about: About
    kind: str
    version: int | None
    text: str | None
    owner: Owner
    due: date
    shows_on: date
    expires_on: date | None
    found: Found

    @property
    def id(self) -> UUID:
        return tickler_id(self.client_id, self.about)
