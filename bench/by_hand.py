"""The rows of every projection built by hand from a batch of events: what a bare loop writes.

The same rows, for the events of `bench/sales.py`, as the projections' own; without handlers, fold or anything parked.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from consumers.fold import Patch, TableWrites
from domain.client.events import AddressAdded, ClientRegistered, ContactPointAdded
from domain.client.facts import ContactState, Name, Reference
from domain.personal import Erased
from domain.sale.events import SaleRecorded
from projections import client_card as cards
from projections import client_history as histories
from projections import membership as memberships
from projections import purchase_history as purchases
from projections.projection import Recorded
from projections.spelling import address_keys, contact_keys, full_name_keys


def cards_by_hand(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    card, contact, address = (TableWrites(table) for table in (cards.card, cards.contact_point, cards.address))
    registered: dict[UUID, dict[str, Any]] = {}
    moved_on: dict[UUID, dict[str, Any]] = {}
    for it in decoded:
        assert isinstance(it, Recorded)
        event = it.event
        if isinstance(event, ClientRegistered):
            name, reference = event.name, event.reference
            assert isinstance(name, Name)
            assert isinstance(reference, Reference)
            registered[it.key] = {
                "client_id": it.key,
                "family": name.family,
                "given": name.given,
                "title": name.title,
                "reference_source": reference.source,
                "reference_number": reference.number,
                "erased": False,
                "store_id": event.store_id,
                "registered_at": it.recorded_at,
                "registered_by": it.actor,
                "event_id": it.event_id,
                "is_client": True,
                "died": False,
                "keys": full_name_keys(name.family, name.given),
                "stream_version": 1,
            }
            card.rows.append(registered[it.key])
        elif isinstance(event, ContactPointAdded) and not isinstance(event.value, Erased):
            contact.rows.append(
                {
                    "client_id": it.key,
                    "contact_point_id": event.contact_point_id,
                    "kind": event.kind.value,
                    "value": event.value,
                    "state": ContactState.UNCONFIRMED.value,
                    "not_for_surprises": False,
                    "added_at": it.recorded_at,
                    "keys": contact_keys(event.kind, event.value),
                }
            )
        elif isinstance(event, AddressAdded) and not isinstance(event.address, Erased):
            where = event.address
            address.rows.append(
                {
                    "client_id": it.key,
                    "address_id": event.address_id,
                    "type": event.type.value,
                    "lines": list(where.lines),
                    "city": where.city,
                    "region": where.region,
                    "postal_code": where.postal_code,
                    "country": where.country,
                    "added_at": it.recorded_at,
                    "keys": address_keys(where.lines, where.postal_code, where.city),
                }
            )
        else:
            continue
        if it.key in registered:
            registered[it.key]["stream_version"] = it.stream_version
        else:
            moved_on[it.key] = {"client_id": it.key, "stream_version": it.stream_version}
    if moved_on:
        card.patches[Patch(frozenset({"stream_version"}), frozenset())] = list(moved_on.values())
    return [card, contact, address]


def memberships_by_hand(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    taken_up = TableWrites(memberships.taken_up)
    for it in decoded:
        assert isinstance(it, Recorded)
        if isinstance(it.event, ClientRegistered):
            taken_up.rows.append({"client_id": it.key, "store_id": it.event.store_id})
    return [taken_up]


def purchases_by_hand(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    sale, line = TableWrites(purchases.sale), TableWrites(purchases.line)
    for it in decoded:
        assert isinstance(it, Recorded)
        event = it.event
        if isinstance(event, SaleRecorded):
            sale.rows.append(
                {
                    "sale_id": it.key,
                    "client_id": event.client_id,
                    "kind": purchases.SALE,
                    "source": event.reference.source,
                    "number": event.reference.number,
                    "store_id": event.store_id,
                    "occurred_at": event.occurred_at,
                    "currency": event.currency,
                    "bought_by_id": event.bought_by_id,
                    "exchange_of": event.exchange_of,
                    "event_id": it.event_id,
                    "recorded_at": it.recorded_at,
                    "stream_version": it.stream_version,
                }
            )
            line.rows.extend(
                {
                    "sale_id": it.key,
                    "ordinal": each.ordinal,
                    "sku": each.sku,
                    "description": each.description,
                    "brand": each.brand,
                    "category": each.category,
                    "type": each.type,
                    "moves_goods": each.moves_goods,
                    "sellers": [
                        {"associate_id": seller.associate_id, "parts": seller.parts} for seller in each.sellers
                    ],
                    "handover": each.handover.value,
                    "deposit": each.deposit,
                    "serial_number": each.serial_number,
                    "attributes": [{"name": attribute.name, "value": attribute.value} for attribute in each.attributes],
                    "unit_price": each.unit_price,
                    "quantity": each.quantity,
                    "net": each.net,
                    "arrived_quantity": 0,
                    "cancelled_quantity": 0,
                    "moved_quantity": each.quantity,  # whatever is sold there is taken
                    "moved_net": each.net,
                    "returned_quantity": 0,
                    "returned_net": 0,
                }
                for each in event.lines
            )
    return [sale, line]


def history_by_hand(decoded: Sequence[Recorded | Exception]) -> list[TableWrites]:
    entry, party = TableWrites(histories.entry), dict[tuple[UUID, UUID], dict[str, object]]()
    for it in decoded:
        assert isinstance(it, Recorded)
        entry.rows.append(
            {
                "key": it.key,
                "position": it.position,
                "stream_id": it.stream_id,
                "stream_version": it.stream_version,
                "name": it.name,
                "recorded_at": it.recorded_at,
                "actor": it.actor,
                "of_gift": False,
            }
        )
        client_id = getattr(it.event, "client_id", None)
        if client_id not in (None, it.key):
            party[it.key, client_id] = {"key": it.key, "client_id": client_id, "since": it.position}
    return [entry, TableWrites(histories.party, rows=list(party.values()))]
