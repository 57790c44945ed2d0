"""What the example house invites its clients to: a trunk show that was held in Paris, and two evenings to come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final
from uuid import UUID

from domain import outreach
from domain.calendar_event import assortment, scheduling
from domain.calendar_event import state as calendar_event
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held, Piece
from domain.calendar_event.state import CalendarEvent, Target
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.invitation import answering, listing, previewing
from domain.invitation import state as invitations
from domain.invitation.events import (
    Attended,
    InvitationAnswered,
    InvitationSent,
    Party,
    PiecesPreviewed,
    PutOnList,
    Shown,
    invitation_id,
)
from domain.invitation.state import Invitation
from domain.membership import MembershipBegun
from domain.organization import World
from domain.outreach import OutreachRecorded
from domain.sale import attributing, recording
from domain.sale import state as sales
from domain.sale.events import SaleRecorded
from domain.sale.facts import Handover, Line, SaleReference, Seller
from domain.sale.state import Sale
from domain.scope import Reach, Scope
from domain.values import named_id
from infra.demo.circles import CLUBS, club, designer_list
from infra.demo.house import ARTICLES, STORES, Article, Store
from infra.demo.shopping import opening_hour, price_at
from infra.demo.telling import SOURCE, Story, Telling

_EVENTS: Final = UUID("7f2d7c51-4c1e-5a70-9f6d-2c1f5b8e9a03")
_PARIS: Final = STORES[0]
_SALON: Final = club(f"Salon {_PARIS.city}")
_HERS: Final = designer_list("Arvane", World.WOMEN)
_OPENS, _CLOSES = time(11), time(19)

TRUNK_SHOW: Final = named_id(_EVENTS, SOURCE, "trunk show")
SHOW_DAYS: Final = (date(2026, 10, 16), date(2026, 10, 17))
_JEWELS: Final = tuple(article for article in ARTICLES if article.brand == "Arvane" and article.sex == "f")
_BROUGHT: Final = _JEWELS[::4]
_SEVERAL: Final = 6  # of a piece without a number of its own


@dataclass(frozen=True, slots=True)
class Guest:
    """A client who may be invited; `associate` serves her."""

    id: UUID
    number: str
    store: Store
    associate: str


def calendar_events() -> Iterator[Story]:
    """The trunk show with what was brought to it and what it was to sell, and two evenings of clubs."""
    show = _scheduled(
        TRUNK_SHOW,
        "Arvane, the autumn pieces",
        "trunk-show",
        (_HERS, _SALON),
        Scope(Reach.STORE, store_id=_PARIS.id),
        scheduling.held(
            datetime.combine(SHOW_DAYS[0], _OPENS), datetime.combine(SHOW_DAYS[1], _CLOSES), _PARIS.time_zone
        ),
        "Salon on the first floor",
    )
    show.then(assortment.bring(show.now, TRUNK_SHOW, [_piece(at, each) for at, each in enumerate(_BROUGHT)]))
    for associate, amount in ((None, "60000.00"), *((_PARIS.associate(number), "12000.00") for number in (1, 2, 4))):
        target = Target(Decimal(amount), _PARIS.currency)
        show.then(assortment.set_target(show.now, TRUNK_SHOW, _PARIS.id, associate, target))
    yield show.story()
    for number, (store, day) in enumerate(((STORES[5], date(2026, 12, 11)), (STORES[1], date(2027, 2, 4)))):
        name = CLUBS[number]
        yield _scheduled(
            named_id(_EVENTS, SOURCE, name),
            f"{name}: an evening",
            ("ball", "exhibition")[number],
            (club(name),),
            Scope(Reach.NATIONAL),
            scheduling.held(datetime.combine(day, time(19)), datetime.combine(day, time(23, 30)), store.time_zone),
            None,
        ).story()


def invited(chance: Random, guest: Guest, circles: Iterable[Story]) -> Iterator[Story]:
    """What became of the trunk show for one client, if it was for her: the invitation, and perhaps a sale."""
    begun = (event for story in circles for event in story.events if isinstance(event, MembershipBegun))
    through = next((each.organization_id for each in begun if each.organization_id in (_HERS, _SALON)), None)
    if through is None or guest.store != _PARIS:
        return
    id = invitation_id(TRUNK_SHOW, guest.id)
    who = (guest.id, id, TRUNK_SHOW)
    telling = Telling(id, Invitation(), invitations.evolve, guest.id)
    telling.then(listing.put_on_together(telling.now, PutOnList(*who, Party.COUPLE, 2, through)))
    if chance.random() < 0.4:
        preview_id, seen = named_id(id, "preview"), chance.sample(range(len(_BROUGHT)), 3)
        shown = tuple(Shown(_BROUGHT[at].sku, _serial(at), at == seen[0]) for at in seen)
        at = opening_hour(chance, _PARIS, SHOW_DAYS[0] - timedelta(9))
        previewed = PiecesPreviewed(*who, preview_id, guest.associate, at, shown, None)
        telling.then(previewing.preview(telling.now, previewed))
    letter = _letter(guest, opening_hour(chance, _PARIS, SHOW_DAYS[0] - timedelta(24)))
    sent = InvitationSent(*who, letter.outreach_id, letter.channel, guest.associate, letter.at)
    telling.then(listing.send(telling.now, sent, letter.outcome))
    if accepts := chance.random() < 0.7:
        answered = InvitationAnswered(*who, True, 2, letter.at + timedelta(5))
    else:
        answered = InvitationAnswered(*who, False, 0, letter.at + timedelta(6))
    telling.then(answering.answer(telling.now, answered))
    day = chance.choice(SHOW_DAYS)
    if comes := accepts and chance.random() < 0.8:
        telling.then(answering.attend(telling.now, Attended(*who, 2, opening_hour(chance, _PARIS, day))))
    yield telling.story()
    yield _recorded(letter)
    if comes and chance.random() < 0.6:
        yield _bought(chance, guest, day)


def _bought(chance: Random, guest: Guest, day: date) -> Story:
    """Something that was brought, or one like it, to be made for her."""
    article = chance.choice([each for at, each in enumerate(_BROUGHT) if _serial(at) is None])
    ordered = chance.random() < 0.35
    price = price_at(article, _PARIS)
    line = Line(
        1,
        article.sku,
        article.description,
        1,
        price,
        price,
        brand=article.brand,
        category=article.category,
        type=article.type,
        sellers=(Seller(guest.associate),),
        handover=Handover.ORDERED if ordered else Handover.TAKEN,
    )
    reference = SaleReference(SOURCE, f"{guest.number}/trunk-show")
    id, at = recording.sale_id(reference), opening_hour(chance, _PARIS, day)
    telling = Telling(id, Sale(), sales.evolve)
    sold = SaleRecorded(id, reference, _PARIS.id, at, _PARIS.currency, guest.id, (line,))
    telling.then(recording.record(telling.now, sold))
    telling.then(attributing.attribute(telling.now, TRUNK_SHOW, None, guest.associate))
    return telling.story()


def _letter(guest: Guest, at: datetime) -> OutreachRecorded:
    return OutreachRecorded(
        guest.id,
        named_id(guest.id, "invited to the trunk show"),
        guest.associate,
        guest.store.id,
        at,
        Direction.OUT,
        Channel.LETTER,
        Purpose.MARKETING,
        Outcome.SENT,
        None,
        (),
        TRUNK_SHOW,
        (),
        None,
    )


def _recorded(contact: OutreachRecorded) -> Story:
    telling = Telling(contact.outreach_id, outreach.Outreach(), outreach.evolve, contact.client_id)
    telling.then(outreach.record(telling.now, contact))
    return telling.story()


def _scheduled(
    id: UUID, name: str, kind: str, organizations: tuple[UUID, ...], scope: Scope, held: Held, venue: str | None
) -> Telling:
    telling = Telling(id, CalendarEvent(), calendar_event.evolve)
    event = CalendarEventScheduled(id, name, kind, organizations, scope, held, venue)
    telling.then(scheduling.schedule(telling.now, event))
    return telling


def _piece(at: int, article: Article) -> Piece:
    serial = _serial(at)
    return Piece(
        article.sku,
        article.description,
        1 if serial else _SEVERAL,
        price_at(article, _PARIS),
        _PARIS.currency,
        serial,
        article.brand,
        article.category,
        consigned=True,
    )


def _serial(at: int) -> str | None:
    """Two of three pieces are one of a kind."""
    return f"ARV-{2600 + at}" if at % 3 else None
