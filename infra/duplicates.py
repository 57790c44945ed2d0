"""`carnet duplicates`: pairs of clients of the whole house who could be the same person. Names only if asked for."""

from collections.abc import Sequence
from typing import Any

import orjson
import typer
from sqlalchemy import NullPool, create_engine

from infra.settings import Settings
from infra.sql.engine import sqlalchemy_url
from infra.wiring import house
from infra.work import progress_bar, work_in_batches
from queries.duplicates import EVERYBODY, strongest
from queries.ports import Json
from queries.resemblance import LIKELY, POSSIBLE


def duplicates(limit: int, *, likely: bool, as_json: bool, names: bool) -> int:
    """Prints at most `limit` pairs, strongest first, and how many there are; returns the exit status."""
    with house(Settings()) as opened:
        rows = everybody(opened.databases.read)
    with progress_bar("Comparing clients") as told, work_in_batches():
        pairs, found = strongest(rows, limit, LIKELY if likely else POSSIBLE, told)
    for pair in pairs:
        typer.echo(_line(pair, names=names) if as_json else _told(pair, names=names))
    typer.echo(f"{len(rows):,} clients, {found:,} pairs" + (f", {limit:,} shown" if found > limit else ""), err=True)
    return 0


def everybody(read_url: str) -> Sequence[Any]:
    """All clients of the read models there, with what they are compared by."""
    engine = create_engine(sqlalchemy_url(read_url), poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        return connection.execute(EVERYBODY).all()


def _line(pair: Json, *, names: bool) -> str:
    shown = {"client_id", "store_id", "died", *({"name"} if names else ())}
    clients = [{name: value for name, value in each.items() if name in shown} for each in pair["clients"]]
    return orjson.dumps({**pair, "clients": clients}).decode()


def _told(pair: Json, *, names: bool) -> str:
    reasons = ", ".join(f"{each['reason']} {each['points']:+g}" for each in pair["reasons"])
    clients = "  ".join(_client(each, names=names) for each in pair["clients"])
    return f"{pair['points']:5.1f} {pair['resemblance']:8}  {clients}  {reasons}"


def _client(each: Json, *, names: bool) -> str:
    called = each["name"] if names else None
    parts = [called["title"], called["given"], called["family"]] if called else []
    return " ".join([str(each["client_id"]), *filter(None, parts), *(["(died)"] if each["died"] else [])])
