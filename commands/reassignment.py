"""Reassigning an associate's book, whole or in part, to one or several others, for good or until a day.

What is ordered is recorded first, with whom each client goes to; then each client's own affiliations decide, many
clients at a time; then what came of it is recorded. Asked again with the same `Idempotency-Key`, it goes on where it
was left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Body, Day, Sentence, Word, example
from commands.many import in_parts
from commands.ports import Clients, Done, Ports, Request, Stream
from domain import affiliation, associate, reassignment
from domain.access import Caller, Right, require, sees_book
from domain.affiliation import Affiliations
from domain.handover import Handover, hand_over
from domain.left_alone import LeftAlone
from domain.reassignment import Cause, Reassignment, ReassignmentCompleted, ReassignmentOrdered, Share
from domain.refusals import AssociateInvalid, AssociateUnknown, ReassignmentInvalid
from domain.values import named_id

# A client's part in it is some five events, and one append at most some 500.
CLIENTS_AT_A_TIME: Final = 60

Named = Annotated[tuple[UUID, ...], Field(max_length=reassignment.MOST_CLIENTS)]

# --------------------------------------------------------------------------------------------------------------- bodies


class Taker(Body):
    """Who takes clients over. Without a list of her own she shares evenly in those that nobody is named for."""

    associate_id: Word
    clients: Named | None = None


class Reassign(Body):
    """A book, or a part of it, goes to other associates; with `until` they stand in, and it comes back by itself."""

    model_config = example(
        to=[{"associate_id": "marc"}, {"associate_id": "yuki"}],
        categories=["watches"],
        since="2026-03-01",
        until="2026-03-14",
        cause="away",
        remark="On leave",
    )
    to: Annotated[tuple[Taker, ...], Field(min_length=1, max_length=50)]
    clients: Annotated[Named | None, Field(description="Only these clients. Default: all in the book.")] = None
    categories: Annotated[
        Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)] | None,
        Field(description="Only for these merchandise categories. Default: for whatever she serves them."),
    ] = None
    since: Annotated[Day, Field(description="The first day.")]
    until: Annotated[Day | None, Field(description="The last day of a cover. Default: for good.")] = None
    cause: Cause
    remark: Annotated[Sentence | None, Field(description="In words; kept like personal data.")] = None


# ------------------------------------------------------------------------------------------------------------ outcomes


@dataclass(frozen=True, slots=True)
class Reassigned(Done):
    """What came of it: how many clients moved, and how many did not, by the code that says why."""

    moved: int = 0
    left_alone: tuple[LeftAlone, ...] = ()


# ------------------------------------------------------------------------------------------------------------- handlers


def reassign(associate_id: str, body: Reassign, ports: Ports, request: Request) -> Reassigned:
    require(request.caller, Right.ASSIGN_CLIENTS)
    key = request.receipt
    id = named_id(reassignment.REASSIGNMENTS, str(key.stream_id)) if key else ports.new_id()
    stores = _stores(associate_id, body, ports, request.caller)
    ordered = _ordered(id, associate_id, body, stores, ports, request)
    outcome = _read(id, ports).completed or _carried_out(ordered, ports, request)
    done = execute(ports, request, _about(id, lambda now: reassignment.complete(now, outcome)))
    told = _read(done.stream.id, ports).completed
    assert told is not None, "it has just been completed"
    return Reassigned(
        done.subject_id,
        done.stream,
        done.version,
        done.position,
        done.events,
        done.repeated,
        told.moved,
        told.left_alone,
    )


def _stores(associate_id: str, body: Reassign, ports: Ports, caller: Caller) -> dict[str, str | None]:
    """Where each taker serves from then on. Refuses a book that the caller does not see, and takers who are gone."""
    who = [associate_id, *(taker.associate_id for taker in body.to)]
    histories = ports.streams.read([associate.stream_id(each) for each in who])
    giver, *takers = (associate.after(history.events) for history in histories)
    if not sees_book(caller, associate_id, giver.store_on(ports.clock().date())):
        raise AssociateUnknown("There is no associate with this id.", "associate_id")
    for at, taker in enumerate(takers):
        associate.require_associate(taker, f"to.{at}.associate_id")
        if taker.left_on and taker.left_on < body.since:
            raise AssociateInvalid("She will have left by then.", f"to.{at}.associate_id")
    return {id: now.store_on(body.since) for id, now in zip(who[1:], takers, strict=True)}


def _ordered(
    id: UUID, associate_id: str, body: Reassign, stores: Mapping[str, str | None], ports: Ports, request: Request
) -> ReassignmentOrdered:
    """What is ordered, recorded: who goes to whom is settled when it is asked for the first time."""
    known = _read(id, ports).ordered
    whom = (
        {share.associate_id: share.clients for share in known.shares}
        if known
        else _shared_out(associate_id, body, ports.clients)
    )
    event = ReassignmentOrdered(
        associate.stream_id(associate_id),
        id,
        associate_id,
        tuple(
            Share(taker.associate_id, stores[taker.associate_id], whom.get(taker.associate_id, ())) for taker in body.to
        ),
        None if body.categories is None else tuple(sorted(set(body.categories))),
        body.since,
        body.until,
        body.cause,
        body.remark,
    )
    execute(ports, replace(request, receipt=None), _about(id, lambda now: reassignment.order(now, event)))
    return _read(id, ports).ordered or event


def _shared_out(associate_id: str, body: Reassign, everybody: Clients) -> dict[str, tuple[UUID, ...]]:
    """Whom each taker gets: those she is named for, and an even share of the others."""
    named = {taker.associate_id: taker.clients for taker in body.to if taker.clients is not None}
    others = [taker.associate_id for taker in body.to if taker.clients is None]
    if not others:
        if body.clients is not None:
            raise ReassignmentInvalid("Every associate has clients of her own: nobody takes these.", "clients")
        return named
    everyone = everybody.in_book(associate_id, body.since, body.until) if body.clients is None else body.clients
    taken = {client_id for clients in named.values() for client_id in clients}
    return named | reassignment.dealt(set(everyone) - taken, others)


def _carried_out(ordered: ReassignmentOrdered, ports: Ports, request: Request) -> ReassignmentCompleted:
    """Lets the affiliations of each client decide. Who was handed over before is handed over."""
    decisions = [_of_client(ordered, share, each) for share in ordered.shares for each in share.clients]
    outcome = in_parts(ports, request, decisions, CLIENTS_AT_A_TIME)
    return ReassignmentCompleted(ordered.reassignment_id, ordered.associate_id, *outcome)


def _of_client(ordered: ReassignmentOrdered, share: Share, client_id: UUID) -> Decision[Affiliations]:
    order = Handover(
        ordered.reassignment_id,
        ordered.associate_id,
        share.associate_id,
        share.store_id,
        ordered.categories,
        ordered.since,
        ordered.until,
    )
    stream = Stream(affiliation.stream_id(client_id), client_id)
    return Decision(stream, affiliation.after, lambda now: hand_over(now, client_id, order), client_id)


def _about(id: UUID, decide: Callable[[Reassignment], list[reassignment.Event]]) -> Decision[Reassignment]:
    return Decision(Stream(id, id), reassignment.after, decide, id)


def _read(id: UUID, ports: Ports) -> Reassignment:
    return reassignment.after(ports.streams.read([id])[0].events)
