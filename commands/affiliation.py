"""Commands about who serves a client, for what and on which days, and who is her primary associate."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Body, Day, Word, example
from commands.needs import known_client
from commands.ports import Done, Ports, Request, Stream
from domain import affiliation
from domain.access import RIGHTS, Caller, Right, require
from domain.affiliation import AffiliationBegun, AffiliationCorrected, Affiliations, PrimaryNamed
from domain.refusals import AffiliationInvalid, NotAllowed

Categories = Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]

# --------------------------------------------------------------------------------------------------------------- bodies


class _Terms(Body):
    categories: Annotated[
        Categories | None, Field(description="Only for these merchandise categories. Default: everything.")
    ] = None
    except_categories: Annotated[
        Annotated[tuple[Word, ...], Field(max_length=50)], Field(description="For everything but these.")
    ] = ()
    store_id: Annotated[Word | None, Field(description="Where she serves. Default: the caller's own store.")] = None
    since: Annotated[Day | None, Field(description="The first day. Default: as long as anybody remembers.")] = None
    until: Annotated[Day | None, Field(description="The last day, if it is known.")] = None

    def scope(self) -> affiliation.Scope:
        if self.categories is not None and self.except_categories:
            raise AffiliationInvalid("Either some categories, or everything but some.", "except_categories")
        only = None if self.categories is None else tuple(sorted(set(self.categories)))
        return affiliation.Scope(only, tuple(sorted(set(self.except_categories))))


class BeginAffiliation(_Terms):
    """An associate serves the client from a day on, for everything or for some merchandise categories."""

    model_config = example(associate_id="ines", categories=["jewelry", "watches"], since="2026-03-01")
    associate_id: Annotated[Word | None, Field(description="Default: whom the caller serves as, herself.")] = None


class CorrectAffiliation(_Terms):
    """The affiliation as it should have been said, whole: what is left out is gone."""

    model_config = example(store_id="paris-1", since="2025-03-01")


class EndAffiliation(Body):
    model_config = example(until="2026-03-31")
    until: Annotated[Day, Field(description="The last day. Sent again with another one, that is it from then on.")]


class NamePrimary(Body):
    """Who is the client's primary associate, the sales person of her profile; null for nobody."""

    model_config = example(associate_id="ines", since="2026-03-01")
    associate_id: Word | None
    since: Annotated[Day | None, Field(description="The first day. Default: as long as anybody remembers.")] = None
    until: Annotated[Day | None, Field(description="The last day, if it is known.")] = None


# ------------------------------------------------------------------------------------------------------------- handlers


def begin(client_id: UUID, body: BeginAffiliation, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    who = body.associate_id or request.caller.acts_as
    _require_hers(request.caller, who)
    id = ports.new_id()
    where = body.store_id or request.caller.store_id
    event = AffiliationBegun(client_id, id, who, where, body.scope(), body.since, body.until)
    decision = _of(
        client_id, lambda now: affiliation.begin(now, event), id, lambda now: affiliation.known_as(now, event)
    )
    return execute(ports, request, decision)


def end(client_id: UUID, affiliation_id: UUID, body: EndAffiliation, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)

    def decide(now: Affiliations) -> list[affiliation.Event]:
        _require_hers(request.caller, affiliation.require_affiliation(now, affiliation_id).associate_id)
        return affiliation.end(now, client_id, affiliation_id, body.until)

    return execute(ports, request, _of(client_id, decide, affiliation_id))


def correct(client_id: UUID, affiliation_id: UUID, body: CorrectAffiliation, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    where = body.store_id or request.caller.store_id

    def decide(now: Affiliations) -> list[affiliation.Event]:
        who = affiliation.require_affiliation(now, affiliation_id).associate_id
        _require_hers(request.caller, who)
        event = AffiliationCorrected(client_id, affiliation_id, who, where, body.scope(), body.since, body.until)
        return affiliation.correct(now, event)

    return execute(ports, request, _of(client_id, decide, affiliation_id))


def withdraw(client_id: UUID, affiliation_id: UUID, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)

    def decide(now: Affiliations) -> list[affiliation.Event]:
        if known := now.by_id.get(affiliation_id):
            _require_hers(request.caller, known.associate_id)
        return affiliation.withdraw(now, client_id, affiliation_id)

    return execute(ports, request, _of(client_id, decide, affiliation_id))


def name_primary(client_id: UUID, body: NamePrimary, ports: Ports, request: Request) -> Done:
    """An associate may name herself where nobody else is; a manager whomever serves the client."""
    require(request.caller, Right.CHANGE_CLIENTS)
    assigns = _assigns(request.caller)
    if not assigns and (body.associate_id is None or body.associate_id not in request.caller.serves_as):
        raise NotAllowed("You may name yourself only; a manager names others.")
    event = PrimaryNamed(client_id, body.associate_id, body.since, body.until)
    decision = _of(client_id, lambda now: affiliation.name_primary(now, event, replacing=assigns), client_id)
    return execute(ports, request, decision)


def _of(
    client_id: UUID,
    decide: Callable[[Affiliations], list[affiliation.Event]],
    subject_id: UUID,
    known: Callable[[Affiliations], UUID | None] | None = None,
) -> Decision[Affiliations]:
    """About the affiliations of a client of the house."""
    stream = Stream(affiliation.stream_id(client_id), client_id)
    return Decision(stream, affiliation.after, decide, subject_id, known, {client_id: known_client})


def _require_hers(caller: Caller, associate_id: str) -> None:
    """An associate says whom she serves herself; who may assign clients says it of others."""
    if associate_id not in caller.serves_as and not _assigns(caller):
        raise NotAllowed(f"The role {caller.role} may not {Right.ASSIGN_CLIENTS}.")


def _assigns(caller: Caller) -> bool:
    return Right.ASSIGN_CLIENTS in RIGHTS[caller.role]
