"""Which clients a command may be about: only those its caller sees. Asked by the one loop, not by each handler."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from commands.ports import Ports, Request
from domain import affiliation
from domain.access import Sharing, sees_client
from domain.client import state
from domain.client.state import Client


def hidden(ports: Ports, request: Request, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these ids that are people whom the caller does not see; what is no person's id is never among them.

    Somebody who is no client is seen by who sees the client through whom the house knows her.
    """
    if ports.policy.sharing_of(request.caller.role) is Sharing.HOUSE:
        return frozenset()
    people = _people(ports, ids)
    through = {id: now.noted.through for id, now in people.items() if now.noted and not now.registered}
    clients = people | _people(ports, through.values())
    today = ports.clock().date()
    return frozenset(
        id
        for id, now in people.items()
        if now.is_known and not _sees(ports, request, through.get(id, id), clients[through.get(id, id)], today)
    )


def _people(ports: Ports, ids: Iterable[UUID]) -> dict[UUID, Client]:
    wanted = list(dict.fromkeys(ids))
    histories = ports.streams.read(wanted) if wanted else []
    return {id: state.after(history.events) for id, history in zip(wanted, histories, strict=True)}


def _sees(ports: Ports, request: Request, client_id: UUID, now: Client, today: date) -> bool:
    if now.registered is None:
        return False
    [history] = ports.streams.read([affiliation.stream_id(client_id)])
    in_force = affiliation.in_force(affiliation.after(history.events), today)
    serving = [(each.associate_id, each.store_id) for each in in_force]
    sharing = ports.policy.sharing_of(request.caller.role)
    return sees_client(sharing, request.caller, now.registered.store_id, serving)
