"""Commands about an organization: found it, and keep its name, its scope, and whether it is open."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.execute import Decision, execute
from commands.fields import Body, Scope, Word, example
from commands.needs import known_organization
from commands.ports import Done, Ports, Request, Stream
from domain import organization
from domain.access import Right, require
from domain.organization import KINDS, Organization, OrganizationFounded, World
from domain.scope import Reach

# --------------------------------------------------------------------------------------------------------------- bodies

Kind = Annotated[
    Word,
    StringConstraints(to_lower=True),
    Field(description=f"One of the house's kinds ({', '.join(KINDS)}), or any word of your own.", examples=[*KINDS]),
]


class FoundOrganization(Body):
    """A body, a designer, a collection, or any other grouping that clients belong to or care about."""

    model_config = example(name="Aurélie, men", kind="designer", world="men", scope={"reach": "national"})
    name: Word
    kind: Kind
    world: Annotated[
        World | None, Field(description="A list for women or for men; without it the organization is for everybody.")
    ] = None
    scope: Scope = Scope(reach=Reach.NATIONAL)
    part_of: Annotated[UUID | None, Field(description="The organization that this one is a part of.")] = None


class RenameOrganization(Body):
    model_config = example(name="Aurélie Homme")
    name: Word


class RescopeOrganization(Scope):
    """How far it reaches from now on."""

    model_config = example(reach="store", store_id="paris-1")


# ------------------------------------------------------------------------------------------------------------- handlers


def found(body: FoundOrganization, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.KEEP_ORGANIZATIONS)
    id = ports.new_id()
    event = OrganizationFounded(id, body.name, body.kind, body.world, body.scope.value(), body.part_of)
    whole = body.part_of
    needs = {whole: known_organization("part_of")} if whole else {}
    stream = Stream(id, id)
    return execute(
        ports,
        request,
        Decision(stream, organization.after, lambda now: organization.found(now, event), id, needs=needs),
    )


def rename(organization_id: UUID, body: RenameOrganization, ports: Ports, request: Request) -> Done:
    decision = _about(organization_id, lambda now: organization.rename(now, organization_id, body.name))
    return _kept(ports, request, decision)


def rescope(organization_id: UUID, body: RescopeOrganization, ports: Ports, request: Request) -> Done:
    decision = _about(organization_id, lambda now: organization.rescope(now, organization_id, body.value()))
    return _kept(ports, request, decision)


def close(organization_id: UUID, ports: Ports, request: Request) -> Done:
    return _kept(ports, request, _about(organization_id, lambda now: organization.close(now, organization_id)))


def reopen(organization_id: UUID, ports: Ports, request: Request) -> Done:
    return _kept(ports, request, _about(organization_id, lambda now: organization.reopen(now, organization_id)))


def _kept(ports: Ports, request: Request, decision: Decision[Organization]) -> Done:
    require(request.caller, Right.KEEP_ORGANIZATIONS)
    return execute(ports, request, decision)


def _about(id: UUID, decide: Callable[[Organization], list[organization.Event]]) -> Decision[Organization]:
    return Decision(Stream(id, id), organization.after, decide, id)
