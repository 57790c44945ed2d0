"""Commands about a client's memberships: which organizations she belongs to or is interested in, and when."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.execute import Decision, execute
from commands.fields import Body, Day, example
from commands.needs import known_client, together
from commands.ports import Done, Ports, Request, Stream
from domain import membership, organization
from domain.access import Right, require
from domain.membership import Membership, Term, Tie

# --------------------------------------------------------------------------------------------------------------- bodies


class Dates(Body):
    """When it holds: both days are inclusive, and either may be unknown."""

    since: Annotated[Day | None, Field(description="First day.")] = None
    until: Annotated[Day | None, Field(description="Last day, if it is over.")] = None

    def term(self) -> Term:
        return Term(self.since, self.until)


class BeginMembership(Dates):
    """A client belongs to an organization, or is interested in it."""

    model_config = example(organization_id="0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21", tie="interest", since="2026-03-02")
    organization_id: UUID
    tie: Tie


class EndMembership(Body):
    model_config = example(until="2026-06-30")
    until: Annotated[Day, Field(description="Last day.")]


class CorrectTerm(Dates):
    """Both days as they should have been recorded: one left out is unknown."""

    model_config = example(since="2026-02-02", until="2026-06-30")


# ------------------------------------------------------------------------------------------------------------- handlers


def begin(client_id: UUID, body: BeginMembership, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    where, tie, term = body.organization_id, body.tie, body.term()
    id = membership.membership_id(client_id, where, tie)
    decision = Decision(
        Stream(id, client_id),
        membership.after,
        lambda now: membership.begin(now, client_id, where, tie, term),
        id,
        needs=together(
            (client_id, known_client),
            (where, lambda events: organization.require_open(organization.after(events))),
        ),
    )
    return execute(ports, request, decision)


def end(client_id: UUID, membership_id: UUID, body: EndMembership, ports: Ports, request: Request) -> Done:
    return _changed(client_id, membership_id, lambda now: membership.end(now, client_id, body.until), ports, request)


def correct_term(
    client_id: UUID, membership_id: UUID, term: int, body: CorrectTerm, ports: Ports, request: Request
) -> Done:
    dates = body.term()
    return _changed(
        client_id, membership_id, lambda now: membership.correct(now, client_id, term, dates), ports, request
    )


def take_term_back(client_id: UUID, membership_id: UUID, term: int, ports: Ports, request: Request) -> Done:
    return _changed(client_id, membership_id, lambda now: membership.take_back(now, client_id, term), ports, request)


def _changed(
    client_id: UUID,
    membership_id: UUID,
    decide: Callable[[Membership], list[membership.Event]],
    ports: Ports,
    request: Request,
) -> Done:
    require(request.caller, Right.CHANGE_CLIENTS)
    decision = Decision(
        Stream(membership_id, client_id),
        membership.after,
        decide,
        membership_id,
        needs={client_id: known_client},
        guard=lambda now: membership.require_known(now, client_id),
    )
    return execute(ports, request, decision)
