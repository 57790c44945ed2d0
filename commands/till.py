"""What commands at a till share: where it is, what time it can be, and whose a sale is."""

from datetime import datetime
from uuid import UUID

from commands.needs import Check, known_client, somebody
from commands.ports import Ports
from domain.access import Caller
from domain.refusals import SaleInvalid
from domain.sale.state import Sale


def store(store_id: str | None, caller: Caller) -> str:
    """The store that was named, or the caller's own."""
    if found := store_id or caller.store_id:
        return found
    raise SaleInvalid("You have no store of your own, so the store must be named.", "store_id")


def not_ahead(occurred_at: datetime, ports: Ports) -> datetime:
    if ports.lies_ahead(occurred_at):
        raise SaleInvalid("This lies in the future.", "occurred_at")
    return occurred_at


def whose(now: Sale) -> UUID | None:
    """The client whom a caller has to see who does something about her sale."""
    return now.client_id


def people(client_id: UUID | None, bought_by_id: UUID | None = None) -> dict[UUID, Check]:
    """A sale stands only on a client of the house; who bought it for her is somebody the house knows."""
    needs: dict[UUID, Check] = {}
    if bought_by_id:
        needs[bought_by_id] = somebody("bought_by_id")
    if client_id:
        needs[client_id] = known_client
    return needs
