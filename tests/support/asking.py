"""The read side over made-up events: projected into PostgreSQL, asked through the queries."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from typing import Any, Final, Self, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import Executable
from sqlalchemy.event import listen, remove
from sqlalchemy.ext.asyncio import AsyncEngine

from consumers.outcome import Outcome
from consumers.runner import Runner
from domain.access import HOUSE_POLICY, Policy, Role, Viewer
from domain.refusals import (
    CalendarEventUnknown,
    ClientUnknown,
    GiftReceiptUnknown,
    NoteUnknown,
    OrganizationUnknown,
    SaleUnknown,
)
from infra.sql.engine import read_engine
from infra.sql.read_models import SqlReadModels, migrate
from infra.web.sealing import CursorSeal
from projections.projection import Recorded
from projections.registry import PROJECTIONS
from queries.actions import Actions, actions_at, actions_of
from queries.affiliation import ClientAssociates, client_associates
from queries.appointment import Appointments, appointments_at, appointments_of, appointments_with
from queries.appointment import Span as Time
from queries.assortment import Assortment, Targets, assortment, targets
from queries.attributable import AttributableEvents, attributable_events
from queries.book import Book as Served
from queries.book import book
from queries.calendar_event import (
    CalendarEvent,
    CalendarEvents,
    calendar_events,
    one_calendar_event,
    organization_calendar,
)
from queries.calendar_event import Wanted as WantedEvents
from queries.client_calendar import ClientCalendar, client_calendar
from queries.client_history import ClientHistory, client_history
from queries.client_search import Matches, Search, search
from queries.duplicates import Hints, Pairs, duplicates_in_book, duplicates_of
from queries.entered import Entered
from queries.family import Family, Occasions, family, occasions
from queries.gift import Gifts
from queries.gift_marks import Marks, marks_of_sale
from queries.gift_occasions import GiftOccasions, gift_occasions
from queries.gift_proposals import GiftProposals, proposals_of_client, proposals_of_sale
from queries.gift_receipt import OpenedReceipt, Opening, open_receipt
from queries.gifts import Filters as Wished
from queries.gifts import gifts
from queries.membership import ClientOrganizations, Members, Wanted, client_organizations, members
from queries.note import Notes, NoteWithWordings, notes_of, one_note
from queries.outreach import Outreaches, outreach_of
from queries.outreach import Wanted as WantedOutreach
from queries.owned import Owned, owned
from queries.page import LARGEST, Paging
from queries.ports import Json, Versioned
from queries.profile import Profile, profile
from queries.purchase_history import Filters, Purchases, purchases
from queries.returns import Returns, returns
from queries.returns import Wanted as WantedReturns
from queries.routes.shelf import plain
from queries.sale import Sale, one_sale
from queries.sell_through.credits import Credits, credits_of
from queries.sell_through.sell_through import sell_through
from queries.sell_through.shapes import SellThrough
from queries.sold_to import SoldTo, clients_sold_to
from queries.sold_to import Wanted as WantedSoldTo
from queries.sql import read
from queries.timeline.timeline import Filters as Lines
from queries.timeline.timeline import Timeline, timeline
from queries.totals import Totals, totals
from tests.support.records import NOON, Journal, ListSource

Shape = TypeVar("Shape", bound=BaseModel)

TODAY = NOON.date()


def viewer(
    id: str,
    role: Role,
    store_id: str | None = None,
    on_behalf_of: str | None = None,
    policy: Policy = HOUSE_POLICY,
    now: datetime = NOON,
) -> Viewer:
    return Viewer(id, role, store_id, on_behalf_of, policy=policy, now=now)


ASSOCIATE = viewer("associate-7", Role.ASSOCIATE, "paris-1")
AUDITOR = viewer("auditor-1", Role.AUDITOR)
SEAL = CursorSeal(b"k" * 32)
EVERYTHING = Paging(SEAL, LARGEST)


_UNKNOWN: Final = (
    CalendarEventUnknown,
    ClientUnknown,
    GiftReceiptUnknown,
    NoteUnknown,
    OrganizationUnknown,
    SaleUnknown,
)


class Book:
    """Read models of a journal's events in a database of their own, and every question there is about them.

    What is unknown is answered with None; other refusals are raised.
    """

    def __init__(self, url: str, journal: Journal | None = None) -> None:
        migrate(url, PROJECTIONS)
        self.url = url
        self.journal = journal or Journal()
        self._loop = asyncio.Runner()
        self._engine = read_engine(url, 2)
        self.project()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._engine.dispose())
        self._loop.close()

    def project(self) -> None:
        """Brings the read models up to date with the journal."""
        source = ListSource(self.journal.records, self.journal.partitions)
        with closing(SqlReadModels(self.url)) as models:
            runner = Runner(
                source, self.journal.decode, models, PROJECTIONS, count=_parks_nothing, monotonic=lambda: 0.0
            )
            while runner.step():
                pass

    def profile(self, client_id: UUID, who: Viewer = ASSOCIATE) -> Profile | None:
        return self._answer(Profile, profile(self._engine, who, client_id))

    def purchases(
        self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = ASSOCIATE, **filters: Any
    ) -> Purchases | None:
        return self._answer(Purchases, purchases(self._engine, who, client_id, Filters(**filters), paging))

    def owned(
        self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = ASSOCIATE, **filters: Any
    ) -> Owned | None:
        return self._answer(Owned, owned(self._engine, who, client_id, Filters(**filters), paging))

    def returns(
        self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = ASSOCIATE, **wanted: Any
    ) -> Returns | None:
        return self._answer(Returns, returns(self._engine, who, client_id, WantedReturns(**wanted), paging))

    def book(
        self, associate_id: str, on: date | None = None, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING
    ) -> Served | None:
        return self._answer(Served, book(self._engine, who, associate_id, on, paging))

    def sold_to(
        self, associate_id: str, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING, **wanted: Any
    ) -> SoldTo | None:
        return self._answer(SoldTo, clients_sold_to(self._engine, who, associate_id, WantedSoldTo(**wanted), paging))

    def totals(
        self, client_id: UUID, on: date | None = None, known_at: datetime | None = None, who: Viewer = ASSOCIATE
    ) -> Totals | None:
        return self._answer(Totals, totals(self._engine, who, client_id, on, known_at))

    def timeline(
        self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = ASSOCIATE, **filters: Any
    ) -> Timeline | None:
        return self._answer(Timeline, timeline(self._engine, who, client_id, Lines(**filters), paging))

    def sale(self, sale_id: UUID, who: Viewer = ASSOCIATE) -> Sale | None:
        return self._answer(Sale, one_sale(self._engine, who, sale_id))

    def history(self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = AUDITOR) -> ClientHistory | None:
        return self._answer(ClientHistory, client_history(self._engine, who, client_id, paging, self._events))

    def family(
        self, client_id: UUID, on: date | None = None, *, all_terms: bool = False, who: Viewer = ASSOCIATE
    ) -> Family | None:
        return self._answer(Family, family(self._engine, who, client_id, on, all_terms=all_terms))

    def occasions(
        self, client_id: UUID, first: date | None = None, last: date | None = None, who: Viewer = ASSOCIATE
    ) -> Occasions | None:
        return self._answer(Occasions, occasions(self._engine, who, client_id, first, last))

    def gift_occasions(self, client_id: UUID, on: date | None = None, who: Viewer = ASSOCIATE) -> GiftOccasions | None:
        return self._answer(GiftOccasions, gift_occasions(self._engine, who, client_id, on))

    def gifts(
        self, client_id: UUID, paging: Paging = EVERYTHING, who: Viewer = ASSOCIATE, **filters: Any
    ) -> Gifts | None:
        return self._answer(Gifts, gifts(self._engine, who, client_id, Wished(**filters), paging))

    def marks(self, sale_id: UUID, who: Viewer = ASSOCIATE) -> Marks | None:
        return self._answer(Marks, marks_of_sale(self._engine, who, sale_id))

    def opened(self, who: Viewer = ASSOCIATE, **brought: str) -> OpenedReceipt | None:
        return self._answer(OpenedReceipt, open_receipt(self._engine, who, Opening(**brought), SEAL))

    def proposals(self, client_id: UUID, who: Viewer = ASSOCIATE) -> GiftProposals | None:
        return self._answer(GiftProposals, proposals_of_client(self._engine, who, client_id))

    def proposals_of_sale(self, sale_id: UUID, who: Viewer = ASSOCIATE) -> GiftProposals | None:
        return self._answer(GiftProposals, proposals_of_sale(self._engine, who, sale_id))

    def notes(self, client_id: UUID, who: Viewer, paging: Paging = EVERYTHING) -> Notes | None:
        return self._answer(Notes, notes_of(self._engine, who, client_id, paging))

    def note(self, client_id: UUID, note_id: UUID, who: Viewer) -> NoteWithWordings | None:
        return self._answer(NoteWithWordings, one_note(self._engine, who, client_id, note_id))

    def members(
        self, organization_id: UUID, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING, **wanted: Any
    ) -> Members | None:
        return self._answer(Members, members(self._engine, who, organization_id, Wanted(**wanted), paging))

    def organizations(self, client_id: UUID, on: date | None, who: Viewer = ASSOCIATE) -> ClientOrganizations | None:
        return self._answer(ClientOrganizations, client_organizations(self._engine, who, client_id, on))

    def calendar_events(self, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING, **wanted: Any) -> CalendarEvents:
        found = self._answer(CalendarEvents, calendar_events(self._engine, who, WantedEvents(**wanted), paging))
        assert found is not None
        return found

    def calendar_event(self, calendar_event_id: UUID, who: Viewer = ASSOCIATE) -> CalendarEvent | None:
        return self._answer(CalendarEvent, one_calendar_event(self._engine, who, calendar_event_id))

    def assortment(
        self, calendar_event_id: UUID, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING
    ) -> Assortment | None:
        return self._answer(Assortment, assortment(self._engine, who, calendar_event_id, paging))

    def targets(self, calendar_event_id: UUID, who: Viewer = ASSOCIATE) -> Targets | None:
        return self._answer(Targets, targets(self._engine, who, calendar_event_id))

    def organization_calendar(
        self,
        organization_id: UUID,
        first: date | None = None,
        last: date | None = None,
        who: Viewer = ASSOCIATE,
        paging: Paging = EVERYTHING,
    ) -> CalendarEvents | None:
        asked = organization_calendar(self._engine, who, organization_id, first, last, paging)
        return self._answer(CalendarEvents, asked)

    def client_calendar(
        self, client_id: UUID, first: date | None = None, last: date | None = None, who: Viewer = ASSOCIATE
    ) -> ClientCalendar | None:
        return self._answer(ClientCalendar, client_calendar(self._engine, who, client_id, first, last))

    def search(self, who: Viewer = ASSOCIATE, **asked: Any) -> Matches:
        found = self._answer(Matches, search(self._engine, who, Search(**asked)))
        assert found is not None
        return found

    def hints(self, who: Viewer = ASSOCIATE, **entered: Any) -> Hints:
        found = self._answer(Hints, duplicates_of(self._engine, who, Entered(**entered)))
        assert found is not None
        return found

    def doubles(self, associate_id: str, limit: int = LARGEST, who: Viewer = ASSOCIATE) -> Pairs:
        found = self._answer(Pairs, duplicates_in_book(self._engine, who, associate_id, limit))
        assert found is not None
        return found

    def outreach(
        self, client_id: UUID, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING, **wanted: Any
    ) -> Outreaches | None:
        return self._answer(Outreaches, outreach_of(self._engine, who, client_id, WantedOutreach(**wanted), paging))

    def appointments(
        self, client_id: UUID, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING, **time: Any
    ) -> Appointments | None:
        return self._answer(Appointments, appointments_of(self._engine, who, client_id, Time(**time), paging))

    def appointments_at(
        self, store_id: str, who: Viewer, paging: Paging = EVERYTHING, **time: Any
    ) -> Appointments | None:
        return self._answer(Appointments, appointments_at(self._engine, who, store_id, Time(**time), paging))

    def appointments_with(
        self, associate_id: str, who: Viewer, paging: Paging = EVERYTHING, **time: Any
    ) -> Appointments | None:
        return self._answer(Appointments, appointments_with(self._engine, who, associate_id, Time(**time), paging))

    def actions_at(
        self, store_id: str, who: Viewer, first: date | None = None, last: date | None = None
    ) -> Actions | None:
        return self._answer(Actions, actions_at(self._engine, who, store_id, first, last))

    def actions_of(
        self, associate_id: str, who: Viewer, first: date | None = None, last: date | None = None
    ) -> Actions | None:
        return self._answer(Actions, actions_of(self._engine, who, associate_id, first, last))

    def associates(
        self, client_id: UUID, on: date | None = None, category: str | None = None, who: Viewer = ASSOCIATE
    ) -> ClientAssociates | None:
        return self._answer(ClientAssociates, client_associates(self._engine, who, client_id, on, category))

    def attributable(
        self, client_id: UUID, on: date | None = None, who: Viewer = ASSOCIATE
    ) -> AttributableEvents | None:
        return self._answer(AttributableEvents, attributable_events(self._engine, who, client_id, on))

    def sell_through(self, calendar_event_id: UUID, who: Viewer = ASSOCIATE) -> SellThrough | None:
        return self._answer(SellThrough, sell_through(self._engine, who, calendar_event_id))

    def credits(self, calendar_event_id: UUID, who: Viewer = ASSOCIATE, paging: Paging = EVERYTHING) -> Credits | None:
        return self._answer(Credits, credits_of(self._engine, who, calendar_event_id, paging))

    def asked(
        self, shape: type[Shape], question: Callable[[AsyncEngine], Coroutine[Any, Any, Json | Versioned]]
    ) -> Shape | None:
        """The answer to any other question."""
        return self._answer(shape, question(self._engine))

    def rows(self, statement: Executable, values: dict[str, Any]) -> Sequence[Any]:
        """What one statement of the read side gives."""
        return self._loop.run(read(self._engine, statement, values))

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Every statement that is sent meanwhile."""
        sent: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            sent.append(statement)

        listen(self._engine.sync_engine, "before_cursor_execute", note)
        yield sent
        remove(self._engine.sync_engine, "before_cursor_execute", note)

    def plan(self, statement: Executable, values: dict[str, Any]) -> str:
        """How PostgreSQL would carry a query out, in a session like those that queries have."""
        compiled = statement.compile(dialect=self._engine.dialect)  # type: ignore[attr-defined]
        sent = compiled.construct_expanded_state(values)

        async def explained() -> str:
            async with self._engine.connect() as connection:
                rows = await connection.exec_driver_sql(f"EXPLAIN {sent.statement}", sent.parameters)
                return "\n".join(row[0] for row in rows)

        return self._loop.run(explained())

    def _answer(self, shape: type[Shape], asked: Coroutine[Any, Any, Json | Versioned]) -> Shape | None:
        try:
            answer = self._loop.run(asked)
        except _UNKNOWN:
            return None
        return shaped(shape, orjson.Fragment(answer.shown) if isinstance(answer, Versioned) else answer)

    async def _events(self, positions: Sequence[int]) -> list[Recorded | Exception]:
        return self.journal.decode([record for record in self.journal.records if record.position in positions])


def read_whole(plan: str) -> list[str]:
    """The steps of a plan that read a table or an index from its beginning to its end."""
    steps = plan.splitlines()
    return [
        step.strip()
        for step, condition in zip(steps, [*steps[1:], ""], strict=True)
        if "Seq Scan" in step or ("Index" in step and " Scan " in step and "Index Cond" not in condition)
    ]


def shaped(shape: type[Shape], answer: object) -> Shape:
    """An answer as a caller reads it; fails if it is not in its shape, or holds more."""
    return shape.model_validate_json(orjson.dumps(answer, default=plain), extra="forbid")


def _parks_nothing(projection: str, outcome: Outcome, n: int) -> None:
    assert outcome is not Outcome.PARKED or n == 0, f"{projection} parked {n} events"
