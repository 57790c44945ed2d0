"""The read models as a Quix Streams application keeps them, in its own environment: `-m bench.quix.app SETTINGS`.

As its documentation has it: one dataframe of the topic, one function that makes rows of a message, sinks that write at
every checkpoint. It has it easier than we: the keys are given to it unwrapped, what it reads is not checked against
any type, nothing is parked, and rows may be written twice after a crash. It writes by its own sink for PostgreSQL, one
for each table, or by a sink made for the purpose, which is lent our statements and takes a checkpoint as one
transaction.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Json
from quixstreams import Application  # type: ignore[import-not-found]
from quixstreams.sinks.base import BaseSink  # type: ignore[import-not-found]
from quixstreams.sinks.community.postgresql import PostgreSQLSink  # type: ignore[import-not-found]
from typing_extensions import override

from domain.client.facts import ContactKind
from projections.spelling import address_keys, contact_keys, full_name_keys

Rows = dict[str, list[dict[str, Any]]]

CARD = "client_card_v5"
CONTACT_POINT = "client_contact_point_v5"
ADDRESS = "client_address_v5"
SALE = "purchase_sale_v6"
LINE = "purchase_line_v6"
ENTRY = "client_history_v3"
PARTY = "client_history_party_v3"
TAKEN_UP = "membership_taken_up_v3"
VERSION = "version of client_card_v5"

ARRAYS = frozenset({"keys", "lines"})
COPIED = ("client_id", "store_id", "occurred_at", "currency", "event_id")


class Count(BaseSink):  # type: ignore[misc]
    """Says how many messages a checkpoint was, once they are written."""

    def __init__(self) -> None:
        super().__init__()
        self._messages = 0

    def add(self, value: Rows, *_: Any, **__: Any) -> None:
        self._messages += 1

    def flush(self) -> None:
        if self._messages:
            print(self._messages, flush=True)
        self._messages = 0


class Tables(Count):
    """Writes the rows of a checkpoint set-wise, by the statement for each table."""

    def __init__(self, url: str, statements: Mapping[str, str]) -> None:
        super().__init__()
        self._url = url
        self._statements = statements
        self._rows: Rows = {table: [] for table in statements}

    def setup(self) -> None:
        self._connection = psycopg.connect(self._url, autocommit=True)
        self._connection.execute("SET synchronous_commit = off; SET timezone = 'UTC'")

    @override
    def add(self, value: Rows, *other: Any, **others: Any) -> None:
        super().add(value, *other, **others)
        for table, rows in value.items():
            self._rows[table] += rows

    @override
    def flush(self) -> None:
        with self._connection.transaction():
            for table, statement in self._statements.items():
                if rows := self._rows[table]:
                    # Of several new versions of a row the last one counts.
                    last = list({row["client_id"]: row for row in rows}.values()) if table == VERSION else rows
                    self._connection.execute(statement.encode(), {"rows": Json(last, dumps=orjson.dumps)})
                    rows.clear()
        super().flush()


def own_sink(url: str, table: str, key: Sequence[str]) -> PostgreSQLSink:
    """Quix's own, for a table that is there."""
    where = conninfo_to_dict(url)
    return PostgreSQLSink(
        host=where["host"],
        port=where.get("port", 5432),
        dbname=where["dbname"],
        user=where["user"],
        password=where.get("password", ""),
        table_name=table,
        schema_auto_update=False,
        primary_key_columns=list(key),
        upsert_on_primary_key=True,
        include_metadata=False,
        options="-c synchronous_commit=off -c timezone=UTC",
    )


def as_text(row: dict[str, Any]) -> dict[str, Any]:
    """Arrays of text as PostgreSQL spells them: that sink takes a list for a document."""
    quoted = partial(json.dumps, ensure_ascii=False)
    return row | {name: f"{{{','.join(map(quoted, row[name]))}}}" for name in ARRAYS & row.keys()}


class Reader:
    """Makes rows of a message."""

    def __init__(self, keys: Mapping[str, Mapping[str, str]]) -> None:
        self._ciphers = {id: (UUID(hex=key["person"]).bytes, AESGCM(b64decode(key["key"]))) for id, key in keys.items()}

    def rows(self, value: bytes, _key: bytes, _timestamp: int, headers: list[tuple[str, bytes]]) -> Rows:
        about = dict(headers)
        document = orjson.loads(value)
        name, stream = about["ce_type"].decode(), about["ce_stream"].decode()
        version = int(about["ce_streamversion"])
        meta, event = document["meta"], document["data"]
        for sealed in document["personal"].values():
            event |= self._opened(sealed, stream, version, name)
        key, at = meta["key"], meta["recorded_at"]
        entry = {
            "key": key,
            "position": int(about["ce_sequence"]),
            "stream_id": stream,
            "stream_version": version,
            "name": name,
            "recorded_at": at,
            "actor": meta["actor"],
            "of_gift": False,
        }
        made: Rows = {ENTRY: [entry]}
        if (client_id := event.get("client_id")) not in {None, key}:
            made[PARTY] = [{"key": key, "client_id": client_id, "since": entry["position"]}]
        if name == "sale.recorded.v1":
            return made | _sale(event, key, at, version, about["ce_id"].decode())
        if name == "client.registered.v1":
            return made | _card(event, key, meta, version, about["ce_id"].decode())
        made[VERSION] = [{"client_id": key, "stream_version": version}]
        if name == "client.contact-point-added.v1":
            made[CONTACT_POINT] = [
                {
                    "client_id": key,
                    "contact_point_id": event["contact_point_id"],
                    "kind": event["kind"],
                    "value": event["value"],
                    "state": "unconfirmed",
                    "not_for_surprises": False,
                    "added_at": at,
                    "keys": contact_keys(ContactKind(event["kind"]), event["value"]),
                }
            ]
        elif name == "client.address-added.v1":
            where = event["address"]
            made[ADDRESS] = [
                {
                    "client_id": key,
                    "address_id": event["address_id"],
                    "type": event["type"],
                    "added_at": at,
                    "since": event["since"],
                    "until": event["until"],
                    **where,
                    "keys": address_keys(where["lines"], where.get("postal_code"), where.get("city")),
                }
            ]
        return made

    def _opened(self, sealed: dict[str, str], stream: str, version: int, name: str) -> dict[str, Any]:
        person, cipher = self._ciphers[sealed["k"]]
        content = b64decode(sealed["c"])
        bound = UUID(stream).bytes + version.to_bytes(8, "big") + person + name.encode()
        opened: dict[str, Any] = orjson.loads(cipher.decrypt(content[:12], content[12:], bound))
        return opened


def _card(event: dict[str, Any], key: str, meta: dict[str, Any], version: int, event_id: str) -> Rows:
    name, reference = event["name"], event["reference"]
    return {
        CARD: [
            {
                "client_id": key,
                "family": name["family"],
                "given": name["given"],
                "title": name["title"],
                "reference_source": reference["source"],
                "reference_number": reference["number"],
                "erased": False,
                "store_id": event["store_id"],
                "registered_at": meta["recorded_at"],
                "registered_by": meta["actor"],
                "event_id": event_id,
                "stream_version": version,
                "is_client": True,
                "died": False,
                "keys": full_name_keys(name["family"], name["given"]),
            }
        ],
        TAKEN_UP: [{"client_id": key, "store_id": event["store_id"]}],
    }


def _sale(event: dict[str, Any], key: str, at: str, version: int, event_id: str) -> Rows:
    return {
        SALE: [
            {
                "sale_id": key,
                "client_id": event["client_id"],
                "kind": "sale",
                "source": event["reference"]["source"],
                "number": event["reference"]["number"],
                "store_id": event["store_id"],
                "occurred_at": event["occurred_at"],
                "currency": event["currency"],
                "bought_by_id": event["bought_by_id"],
                "exchange_of": event["exchange_of"],
                "event_id": event_id,
                "recorded_at": at,
                "stream_version": version,
            }
        ],
        LINE: [_line(key, line) for line in event["lines"]],
    }


def _line(sale_id: str, line: dict[str, Any]) -> dict[str, Any]:
    """Whatever is sold there is taken at once."""
    nothing = dict.fromkeys(("arrived_quantity", "cancelled_quantity", "returned_quantity", "returned_net"), 0)
    return {"sale_id": sale_id, **line, **nothing, "moved_quantity": line["quantity"], "moved_net": line["net"]}


def main() -> None:
    settings = json.loads(Path(sys.argv[1]).read_text())
    app = Application(
        broker_address=settings["bootstrap"],
        consumer_group=settings["group"],
        auto_offset_reset="earliest",
        commit_every=settings["commit_every"],
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
    )
    topic = app.topic(settings["topic"], key_deserializer="bytes", value_deserializer="bytes")
    rows = app.dataframe(topic).apply(Reader(settings["keys"]).rows, metadata=True)
    if "statements" in settings:
        rows.sink(Tables(settings["url"], settings["statements"]))
    else:
        for kind, (table, key) in settings["tables"].items():
            of_kind = partial(_of_kind, kind)
            rows.apply(of_kind, expand=True).sink(own_sink(settings["url"], table, key))
        rows.sink(Count())  # the last
    app.run()


def _of_kind(kind: str, made: Rows) -> list[dict[str, Any]]:
    """Lines with what our statement copies from their sale."""
    copied = {name: made[SALE][0][name] for name in COPIED} if kind == LINE and SALE in made else {}
    return [as_text(row | copied) for row in made.get(kind, [])]


if __name__ == "__main__":
    main()
