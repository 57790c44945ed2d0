"""Slow, simple answers about the lists of ticklers: what became of each, whose it is, and which are asked for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain import tickler
from domain.affiliation import in_force, primary
from domain.days import months_before
from domain.invitation import state as invitation
from domain.invitation.events import invitation_id
from domain.personal import Erased
from domain.tickler import Ending, TicklerCompleted, TicklerDismissed
from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause, Owner
from queries.tickler.listing import AHEAD, Wanted
from queries.tickler.state import OPEN, State
from tests.support.oracles import Answer, card_of
from tests.support.oracles_spending import movements_of
from tests.support.oracles_tickled import Tickler, World
from tests.support.oracles_ticklers import ticklers_of


class Standing(NamedTuple):
    """A tickler, and what became of it by a day."""

    tickler: Tickler
    state: State
    due: date
    shows_on: date
    expires_on: date | None
    put_off_until: date | None
    owner: str | None
    ended: Answer | None


def of_client(world: World, client_id: UUID, wanted: Wanted) -> list[Standing]:
    return list(_asked(world, [client_id], wanted, lambda each: True))


def of_associate(world: World, clients: Sequence[UUID], associate_id: str, wanted: Wanted) -> list[Standing]:
    on = _on(world, wanted)

    def hers(each: Standing) -> bool:
        serving = in_force(world.serving(each.tickler.client_id), on)
        covers = {one.associate_id for one in serving if one.scope.covers(each.tickler.found.matter)}
        return each.owner == associate_id or (not wanted.mine and associate_id in covers)

    return list(_asked(world, clients, wanted, hers))


def at_store(world: World, clients: Sequence[UUID], store_id: str, wanted: Wanted) -> list[Standing]:
    on = _on(world, wanted)

    def theirs(each: Standing) -> bool:
        if each.owner is None:
            return home_store(world, each.tickler.client_id) == store_id
        return not wanted.mine and _posted(world, each.owner, on) == store_id

    return list(_asked(world, clients, wanted, theirs))


def _on(world: World, wanted: Wanted) -> date:
    return wanted.on or world.who.now.astimezone(world.zone).date()


def _asked(
    world: World, clients: Sequence[UUID], wanted: Wanted, which: Callable[[Standing], bool]
) -> Iterator[Standing]:
    """What is asked for of these clients, in order."""
    on, ranged = _on(world, wanted), wanted.since is not None or wanted.until is not None
    states = wanted.states or (tuple(State) if ranged else OPEN)
    last = wanted.until or max(on, wanted.since or on) + AHEAD
    found = [standing(world, each, on) for client_id in clients for each in ticklers_of(world, client_id)]
    for each in sorted(found, key=lambda each: (each.due, each.tickler.id)):
        lasts = each.expires_on is None or each.expires_on >= on
        begun = each.due >= wanted.since if wanted.since else lasts
        if each.state in states and begun and each.due <= last and (ranged or each.shows_on <= on) and which(each):
            yield each


# ---------------------------------------------------------------------------------------------------- what became of it

_STATES = {
    "contact": State.COMPLETED,
    "invitation": State.COMPLETED,
    "completed": State.COMPLETED,
    "dismissed": State.DISMISSED,
    "expired": State.EXPIRED,
    "bought": State.SUPERSEDED,
}


def standing(world: World, it: Tickler, on: date) -> Standing:
    now = tickler.after(each.event for each in world.its(it.id))
    put_off = now.snoozed_until if now.ended is None else None
    due = max(it.due, put_off or it.due)
    shows, expires = max(it.shows_on, put_off or it.shows_on), it.expires_on and it.expires_on + (due - it.due)
    ended = _ended(world, it, now)
    over = it.found.over_on is not None and it.found.over_on <= on
    if ended is None and (over or (expires and expires < on)):
        ended = _ending("bought" if over else "expired")
    open_as = State.OVERDUE if due < on else State.TODAY if due == on else State.COMING
    state = _STATES[ended["how"]] if ended else open_as
    return Standing(it, state, due, shows, expires, put_off, _owner(world, it, now.owner, on), ended)


def _ended(world: World, it: Tickler, now: tickler.Tickler) -> Answer | None:
    acts = [each for each in world.its(it.id) if isinstance(each.event, TicklerCompleted | TicklerDismissed)]
    act = acts[-1] if now.ended is not None else None
    remark = None if act is None else _said(act.event)
    contacts = sorted(world.outreach(it.client_id), key=lambda each: (each["at"], each["outreach_id"]))
    settling = [each for each in contacts if each["settles"]]
    for each in settling:
        if it.id in each["ticklers"]:
            return _ending("contact", each["associate_id"], each["at"], each["outreach_id"], remark)
    if act is not None:
        how = "completed" if now.ended is Ending.COMPLETED else "dismissed"
        return _ending(how, act.event.associate_id, act.recorded_at, None, remark)  # type: ignore[attr-defined]
    if it.kind == Cause.CALENDAR_EVENT and it.due < it.found.day:
        its = world.its(invitation_id(UUID(it.about.cause), it.client_id))
        by = invitation.after(each.event for each in its).sent
        for each in settling:
            if each["outreach_id"] in by:
                return _ending("invitation", each["associate_id"], each["at"], each["outreach_id"])
    return None


def _ending(how: str, by: Any = None, at: Any = None, outreach_id: Any = None, remark: str | None = None) -> Answer:
    return {"how": how, "by": by, "at": at, "outreach_id": outreach_id, "remark": remark}


def _said(act: object) -> str | None:
    said = (
        act.remark if isinstance(act, TicklerCompleted) else act.reason if isinstance(act, TicklerDismissed) else None
    )
    return None if isinstance(said, Erased) else said


# ---------------------------------------------------------------------------------------------------------- whose it is


def _owner(world: World, it: Tickler, handed_to: str | None, on: date) -> str | None:
    """Who has it, who wrote it for whom, or as its rule says: the seller, who serves her for the category, the primary
    associate, whoever of these there is."""
    serving, found = world.serving(it.client_id), it.found
    in_turn = [handed_to, found.associate_id if it.kind == OWN_WORDS else None]
    for who in in_turn:
        if who is not None and _is_present(world, who, on):
            return who
    still = {each.associate_id for each in in_force(serving, on)}
    if it.owner is Owner.SELLER:
        if found.associate_id in still:
            return found.associate_id
        sold = [(parts, who) for who, parts in found.sellers if who in still]
        if sold:
            return max(sold, key=lambda each: each[0])[1]
    first = primary(serving, on)
    if it.owner in {Owner.SELLER, Owner.CATEGORY} and found.matter is not None:
        covering = [each for each in in_force(serving, on) if each.scope.covers(found.matter)]
        covering.sort(
            key=lambda each: (
                each.scope.only is None,
                each.associate_id != first,
                each.since or date.min,
                each.associate_id,
            )
        )
        if covering:
            return covering[0].associate_id
    return first


def _is_present(world: World, associate_id: str, on: date) -> bool:
    left_on = world.associate(associate_id).left_on
    return left_on is None or left_on >= on


def _posted(world: World, associate_id: str, on: date) -> str | None:
    """Where she works on the day, if she is with the house."""
    begun = [each for each in world.associate(associate_id).stores.items() if each[0] <= on]
    return max(begun)[1] if begun and _is_present(world, associate_id, on) else None


def home_store(world: World, client_id: UUID) -> str | None:
    """Where she bought most often of late, else where she was registered."""
    return world.once(("home", client_id), lambda: _home_store(world, client_id))


def _home_store(world: World, client_id: UUID) -> str | None:
    since = months_before(world.who.today, world.who.policy.home_store_months)
    moved = [each for each in movements_of(world.log, client_id) if each.quantity > 0 and each.at.date() >= since]

    def how_often(store_id: str) -> tuple[Any, ...]:
        here = [each for each in moved if each.store_id == store_id]
        return len({each.sale["sale_id"] for each in here}), max(each.at for each in here)

    card = card_of(world.log, client_id)
    assert card
    registered_at: str | None = card["store_id"]
    stores = sorted({each.store_id for each in moved})
    return max(stores, key=how_often) if stores else registered_at
