"""Each question, answered from projected rows and by a slow reading of the whole log: the same after any decisions."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from projections.attribution import attributed
from projections.client_card import address, card, contact_point
from projections.client_facts import date as life_date
from projections.client_facts import name, trait
from projections.client_history import entry, party
from projections.projection import Recorded, Table
from projections.purchase_history import came_back, line, sale, sent
from projections.purchase_orders import step
from projections.purchase_was import sale_was
from projections.registry import PROJECTIONS
from queries.sale_line import with_shares
from tests.support.decisions import client
from tests.support.decisions import sale as decided_sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES, Noun
from tests.support.oracles import Answer, card_of, purchases_of, sale_of
from tests.support.oracles_history import history_of
from tests.support.projections import Tables, applied_one_by_one

random_logs = settings(max_examples=100, phases=(Phase.generate,))
seeds = given(seed=st.integers(0, 2**63))


def projected(seed: int, *nouns: Noun) -> tuple[list[Recorded], "Kept"]:
    """The log after decisions about these nouns, and the rows that it leads to."""
    log = random_journal(Random(seed), 1, 60, nouns).recorded()
    asked = [asked for recorded in log for projection in PROJECTIONS for asked in projection.changes(recorded)]
    return log, Kept(applied_one_by_one(asked))


class Kept:
    """The rows of the tables, to be looked through."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        rows = self._tables.get(table.name, {}).values()
        return [dict(row) for row in rows if all(row[column] == value for column, value in where.items())]


@random_logs
@seeds
def test_a_card_shows_what_the_last_event_left(seed: int) -> None:
    log, kept = projected(seed, client.NOUN)

    for client_id in CLIENTS:
        assert _card(kept, client_id) == card_of(log, client_id)


@random_logs
@seeds
def test_purchases_are_the_goods_of_the_sales_that_stand_on_her_less_what_came_back(seed: int) -> None:
    log, kept = projected(seed, client.NOUN, decided_sale.NOUN)

    for client_id in CLIENTS:
        ids = [row["sale_id"] for row in kept.of(sale, client_id=client_id)]
        lines = [
            row["sale_id"]
            for id in ids
            for row in kept.of(line, sale_id=id, moves_goods=True)
            if row["moved_quantity"] or row["returned_quantity"]
        ]
        assert sorted(lines) == sorted(each["sale_id"] for each in purchases_of(log, client_id))


@random_logs
@seeds
def test_a_sale_has_its_lines_with_returns_netted(seed: int) -> None:
    log, kept = projected(seed, decided_sale.NOUN, decided_sale.ATTRIBUTION)

    for sale_id in SALES:
        assert _sale(kept, sale_id) == sale_of(log, sale_id)


@random_logs
@seeds
def test_a_history_holds_every_event_of_hers_and_of_sales_that_ever_stood_on_her(seed: int) -> None:
    log, kept = projected(seed, client.NOUN, decided_sale.NOUN)

    for client_id in CLIENTS:
        own = kept.of(entry, key=client_id)
        entries = own + [
            row
            for standing in kept.of(party, client_id=client_id)
            for row in kept.of(entry, key=standing["key"])
            if standing["until"] is None or row["position"] <= standing["until"]
            if not row["of_gift"] or row["position"] >= standing["since"]
        ]
        newest_first = sorted(entries, key=lambda row: row["position"], reverse=True)
        assert [
            (row["position"], row["stream_id"], row["stream_version"], row["name"], row["recorded_at"], row["actor"])
            for row in newest_first
        ] == [
            (each.position, each.stream_id, each.stream_version, each.name, each.recorded_at, each.actor)
            for each in history_of(log, client_id)
        ]


def _card(kept: Kept, client_id: UUID) -> Answer | None:
    rows = kept.of(card, client_id=client_id)
    if not rows:
        return None
    [row] = rows
    if not row["is_client"]:
        return None
    named, known = row["family"] is not None, row["reference_source"] is not None
    dates = [
        _without(each, "client_id", "store_id", "month", "event_id")
        for each in _oldest_first(kept, life_date, client_id)
    ]
    days = [
        {part: each[part] for part in ("month", "day", "year")} for each in _oldest_first(kept, life_date, client_id)
    ]
    columns = ("client_id", "erased", "store_id", "registered_at", "registered_by", "salutation", "died", "died_on")
    return {
        **{column: row[column] for column in columns},
        "name": {part: row[part] for part in ("family", "given", "title")} if named else None,
        "reference": {part: row[f"reference_{part}"] for part in ("source", "number")} if known else None,
        "version": row["stream_version"],
        "names": [_without(each, "client_id", "keys") for each in _oldest_first(kept, name, client_id)],
        "contact_points": [
            _without(each, "client_id", "keys") for each in _oldest_first(kept, contact_point, client_id)
        ],
        "addresses": [_without(each, "client_id", "keys") for each in _oldest_first(kept, address, client_id)],
        "dates": [{**_without(each, "year"), "day": day} for each, day in zip(dates, days, strict=True)],
        "traits": [_without(each, "client_id") for each in _oldest_first(kept, trait, client_id)],
    }


def _oldest_first(kept: Kept, table: Table, client_id: UUID) -> list[dict[str, Any]]:
    _, id = table.primary_key
    return sorted(kept.of(table, client_id=client_id), key=lambda row: (row["added_at"], row[id.name]))


def _sale(kept: Kept, sale_id: UUID) -> Answer | None:
    rows = kept.of(sale, sale_id=sale_id)
    if not rows:
        return None
    [row] = rows
    return {
        **_without(row, "source", "number", "stream_version", "event_id"),
        "reference": {"source": row["source"], "number": row["number"]},
        "version": row["stream_version"],
        "exchange_of": _of_the_same(kept, row, row["exchange_of"]),
        "delivery": _delivery(kept, sale_id),
        "corrections": [
            _without(each, "sale_id", "until_version")
            for each in sorted(kept.of(sale_was, sale_id=sale_id), key=lambda each: each["until_version"])
        ],
        "lines": [
            _line(kept, each, row) for each in sorted(kept.of(line, sale_id=sale_id), key=lambda each: each["ordinal"])
        ],
    }


def _delivery(kept: Kept, sale_id: UUID) -> Answer | None:
    rows = kept.of(sent, sale_id=sale_id)
    if not rows:
        return None
    delivery = _without(rows[0], "sale_id")
    has_file = kept.of(card, client_id=delivery["recipient_id"], is_client=True)
    return delivery if has_file else {**delivery, "lines": None, "postal_code": None}


def _of_the_same(kept: Kept, whole: dict[str, Any], sale_id: UUID | None) -> UUID | None:
    return sale_id if kept.of(sale, sale_id=sale_id, client_id=whole["client_id"]) else None


def _line(kept: Kept, row: dict[str, Any], whole: dict[str, Any]) -> Answer:
    returns = kept.of(came_back, sale_id=row["sale_id"], ordinal=row["ordinal"])
    steps = kept.of(step, sale_id=row["sale_id"], ordinal=row["ordinal"])
    shared = with_shares(row, whole["currency"])["sellers"]
    stated = kept.of(attributed, sale_id=row["sale_id"], ordinal=row["ordinal"])
    of_sale = ("client_id", "store_id", "occurred_at", "currency", "event_id")
    assert [row[name] for name in of_sale] == [whole[name] for name in of_sale]
    return {
        **_without(row, "sale_id", *of_sale),
        "sellers": [
            {**each, "net": Decimal(each["net"]), "returned_net": Decimal(each["returned_net"])} for each in shared
        ],
        "open_quantity": row["quantity"] - row["moved_quantity"] - row["cancelled_quantity"],
        "kept_quantity": row["moved_quantity"] - row["returned_quantity"],
        "kept_net": row["moved_net"] - row["returned_net"],
        "calendar_event_id": stated[0]["calendar_event_id"] if stated else None,
        "steps": sorted(
            (_without(each, "sale_id", "ordinal", "recorded_at", "event_id") for each in steps),
            key=lambda each: (each["occurred_at"], each["step_id"]),
        ),
        "returns": sorted(
            (
                {
                    **_without(each, "sale_id", "ordinal", "recorded_at", "credited_to_id", "event_id"),
                    "exchanged_for": _of_the_same(kept, whole, each["exchanged_for"]),
                    "do_not_mention": each["credited_to_id"] not in (None, whole["client_id"]),
                }
                for each in returns
            ),
            key=lambda each: (each["occurred_at"], each["return_id"]),
        ),
    }


def _without(row: dict[str, Any], *columns: str) -> Answer:
    return {column: value for column, value in row.items() if column not in columns}
