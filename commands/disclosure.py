"""The command to tell personal data in clear: it is recorded before anything is told."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from commands.execute import Decision, execute
from commands.ports import Done, Ports, Request, Stream
from domain import disclosure
from domain.access import Right, require


@dataclass(frozen=True, slots=True)
class Disclose:
    """See `DisclosureMade`."""

    why: str
    first: int
    last: int
    since: datetime | None = None
    before: datetime | None = None
    names: tuple[str, ...] = ()
    client_id: UUID | None = None
    stream_id: UUID | None = None


def disclose(command: Disclose, ports: Ports, request: Request) -> Done:
    require(request.caller, Right.DISCLOSE)
    id = ports.new_id()
    event = disclosure.DisclosureMade(
        id,
        command.why,
        command.first,
        command.last,
        command.since,
        command.before,
        command.names,
        command.client_id,
        command.stream_id,
    )
    decision = Decision(Stream(id, id), disclosure.after, partial(disclosure.make, disclosure=event), id)
    return execute(ports, request, decision)
