"""A small house in which what is to do can be followed one by one: Paul, his wife, and who serves him."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain import affiliation, associate, store
from domain import tickler_rule_versions as versions
from domain.access import Role, Viewer
from domain.affiliation import EVERYTHING, AffiliationBegun, PrimaryNamed, Scope
from domain.associate import AssociateJoined
from domain.client.events import ClientRegistered, DateAdded, PersonNoted
from domain.client.facts import DateKind, Name
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.days import CalendarDay
from domain.link import LinkBegun
from domain.occasion import Source
from domain.outreach import OutreachRecorded
from domain.relation import Circle
from domain.sale.events import GiftMarked, SaleRecorded
from domain.sale.facts import GiftOccasion, Giver, Line, SaleReference, Seller
from domain.store import StoreOpened
from domain.tickler_cause import About, tickler_id
from domain.tickler_rule import ANNIVERSARY, Cause, Owner, Rule, RuleSet
from queries.page import Paging
from queries.tickler.listing import Wanted, ticklers_at_store, ticklers_of_associate, ticklers_of_client
from queries.tickler.shape import Tickler, Ticklers
from tests.support.asking import EVERYTHING as ALL
from tests.support.asking import TODAY, Book, viewer
from tests.support.records import Journal

PAUL, ANNE, ZOE = (UUID(int=0xA0 + number) for number in range(3))
MARRIAGE, FRIENDSHIP = UUID(int=0xB0), UUID(int=0xB1)
SALE, MARK = UUID(int=0xD0), UUID(int=0xE0)
HEAD_OFFICE = viewer("head-office-1", Role.HEAD_OFFICE)
CALL = Rule(Cause.OWN_DATE, "Call", 0, 3, 7, dates=("birthday",))
GIFT = Rule(Cause.LINKED_DATE, "Propose a gift", -28, 14, 42, dates=("birthday", ANNIVERSARY))
THANKS = Rule(Cause.PURCHASE, "Say thank you", 1, 1, 6, Owner.SELLER)
CHECK = Rule(Cause.OWNED, "Check the ring", 0, 14, 30, Owner.CATEGORY, types=("ring",), every_months=6)
RING = Line(1, "R-1", "Ring", 1, Decimal(900), Decimal(900), category="jewelry", type="ring", sellers=(Seller("marc"),))


class House:
    """Paul is served by Inès in everything, in Paris; Marc is her colleague, Yuki works in Tokyo."""

    def __init__(self, url: str) -> None:
        journal = Journal()
        for id, zone in (("paris-1", "Europe/Paris"), ("tokyo", "Asia/Tokyo")):
            journal.happened(store.stream_id(id), StoreOpened(id, id, None, "FR", id, zone, None))
        for name, where in (("ines", "paris-1"), ("marc", "paris-1"), ("yuki", "tokyo")):
            key = associate.stream_id(name)
            journal.happened(key, AssociateJoined(key, name, name, Role.ASSOCIATE, where, date(2020, 1, 1)))
        for who, given in ((PAUL, "Paul"), (ZOE, "Zoe")):
            journal.happened(who, ClientRegistered(who, "paris-1", Name("Roe", given), None))
        journal.happened(ANNE, PersonNoted(ANNE, PAUL, "paris-1", Name("Roe", "Anne")))
        self.book = Book(url, journal)
        self.served(PAUL, "ines")

    def happened(self, event: Any, key: UUID, stream: UUID | None = None) -> None:
        self.book.journal.happened(key, event, stream)
        self.book.project()

    def served(self, client: UUID, by: str, scope: Scope = EVERYTHING, *, primary: bool = True) -> None:
        stream = affiliation.stream_id(client)
        id = UUID(int=len(self.book.journal.records))
        self.happened(AffiliationBegun(client, id, by, "paris-1", scope, None, None), client, stream)
        if primary:
            self.happened(PrimaryNamed(client, by, None, None), client, stream)

    def rule(self, rule: Rule, rule_id: str = "rule", version: int = 1, since: date = date(2020, 1, 1)) -> None:
        self.happened(RuleSet(rule_id, version, rule, since), versions.stream_id(rule_id))

    def kept(
        self,
        who: UUID,
        on: date,
        number: int = 1,
        kind: DateKind = DateKind.BIRTHDAY,
        *,
        day: CalendarDay | None = None,
        yearly: bool = True,
    ) -> UUID:
        id = UUID(int=who.int * 100 + number)
        self.happened(DateAdded(who, id, kind, None, day or CalendarDay(on.month, on.day), yearly), who)
        return id

    def linked(self, link_id: UUID = MARRIAGE, circle: Circle = Circle.PARTNER, since: date | None = None) -> None:
        begun = LinkBegun(link_id, 1, circle.value, circle, PAUL, "husband", ANNE, "wife", since)
        self.happened(begun, link_id)

    def bought(self, id: UUID = SALE, on: date = TODAY, line: Line = RING, at: datetime | None = None) -> None:
        at = at or datetime(on.year, on.month, on.day, 11, tzinfo=UTC)
        reference = SaleReference("till", str(id.int))
        self.happened(SaleRecorded(id, reference, "paris-1", at, "EUR", PAUL, (line,)), id)

    def gave(self, to: UUID, occasion: date, released_on: date) -> None:
        said = GiftOccasion(Source.OWN, "birthday", occasion)
        mark = GiftMarked(SALE, MARK, 1, 1, (Giver(PAUL),), to, to, said, released_on, "CODE", discreet=False)
        self.happened(mark, SALE)

    def contact(self, about: About, outcome: Outcome = Outcome.REACHED, number: int = 1) -> UUID:
        id = UUID(int=0x07 + number)
        at = datetime(2026, 3, 13, 9, tzinfo=UTC)
        recorded = OutreachRecorded(
            PAUL, id, "ines", None, at, Direction.OUT, Channel.CALL, Purpose.CONVERSATIONAL, outcome, None, (), None,
            (about,), "She is in Nice",
        )  # fmt: skip
        self.happened(recorded, PAUL, id)
        return id

    def acted(self, cls: Callable[..., Any], about: About, *said: Any, client: UUID = PAUL) -> None:
        id = tickler_id(client, about)
        self.happened(cls(client, id, about, *said), client, id)

    def asking_of(self, client: UUID, who: Viewer) -> tuple[type[Ticklers], Any]:
        return Ticklers, lambda engine: ticklers_of_client(engine, who, client, Wanted(), ALL)

    def of(self, client: UUID = PAUL, who: Viewer = HEAD_OFFICE, paging: Paging = ALL, **wanted: Any) -> list[Tickler]:
        return self.page(client, who, paging, **wanted).items

    def page(self, client: UUID = PAUL, who: Viewer = HEAD_OFFICE, paging: Paging = ALL, **wanted: Any) -> Ticklers:
        answer = self.book.asked(
            Ticklers, lambda engine: ticklers_of_client(engine, who, client, Wanted(**wanted), paging)
        )
        assert answer
        return answer

    def hers(self, associate_id: str, who: Viewer = HEAD_OFFICE, **wanted: Any) -> Ticklers:
        answer = self.book.asked(
            Ticklers, lambda engine: ticklers_of_associate(engine, who, associate_id, Wanted(**wanted), ALL)
        )
        assert answer
        return answer

    def there(self, store_id: str, who: Viewer = HEAD_OFFICE, **wanted: Any) -> Ticklers:
        answer = self.book.asked(
            Ticklers, lambda engine: ticklers_at_store(engine, who, store_id, Wanted(**wanted), ALL)
        )
        assert answer
        return answer
