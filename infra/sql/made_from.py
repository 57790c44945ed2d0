"""Which log the read models are made from: offsets and rows of another one mean nothing beside it."""

from typing import Final
from uuid import UUID

import psycopg

from infra.sql.read_models import MIGRATION_LOCK

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS made_from (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    incarnation uuid NOT NULL
)"""
# Whoever opened it before anything was projected has left nothing there.
_CLAIM: Final = """
INSERT INTO made_from (incarnation) VALUES (%s) ON CONFLICT (one) DO UPDATE SET incarnation = EXCLUDED.incarnation
WHERE NOT EXISTS (SELECT FROM offsets WHERE position > 0)"""
_FURTHEST: Final = "SELECT coalesce(max(position), 0) FROM offsets"


def made_from(url: str, incarnation: UUID) -> UUID:
    """The log that these read models are made from: this one, unless it was another before."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        connection.execute(_TABLE)
        connection.execute(_CLAIM, (incarnation,))
        ((found,),) = connection.execute("SELECT incarnation FROM made_from").fetchall()
    return UUID(str(found))


def furthest(url: str) -> int:
    """The highest position that any projection has reached."""
    with psycopg.connect(url) as connection:
        ((position,),) = connection.execute(_FURTHEST).fetchall()
    return int(position)
