"""The tables of projections, made where they are missing, and noticed where they are not what this release makes."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Column, Index, Integer, Numeric, Text

from infra.cli import main
from infra.sql.read_models import migrate
from infra.sql.tables import Misshapen
from projections.projection import Projection
from projections.registry import PROJECTIONS


def shelf(version: int = 1, *more: Column[object], indexed: bool = False) -> Projection:
    projection = Projection("shelf", version)
    table = projection.owned(
        "shelf",
        "owner_id",
        Column("place", Integer, primary_key=True),
        Column("weight", Numeric),
        *more,
        covered=["weight"],
    )
    if indexed:
        Index("shelf_v1_weight", table.c.weight)
    return projection


def test_every_table_of_the_house_is_what_was_just_made(database: Callable[[], str]) -> None:
    url = database()
    migrate(url, PROJECTIONS)
    migrate(url, PROJECTIONS)

    with psycopg.connect(url) as connection:
        ((made,),) = connection.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    assert made == 3 + sum(1 + len(table.indexes) for each in PROJECTIONS for table in each.tables)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE shelf_v1 DROP COLUMN weight", "shelf_v1.weight: missing"),
        ("ALTER TABLE shelf_v1 ADD COLUMN colour text", "shelf_v1.colour: too many"),
        ("ALTER TABLE shelf_v1 ALTER COLUMN weight TYPE double precision", "shelf_v1.weight: another type"),
        ("ALTER TABLE shelf_v1 ALTER COLUMN weight SET NOT NULL", "shelf_v1.weight: another type"),
        (
            "ALTER TABLE shelf_v1 DROP CONSTRAINT shelf_v1_pkey, ADD PRIMARY KEY (place, owner_id)",
            "shelf_v1.owner_id: another .* shelf_v1.place: another",
        ),
        (
            "ALTER TABLE shelf_v1 DROP CONSTRAINT shelf_v1_pkey, ADD PRIMARY KEY (owner_id, place)",
            "shelf_v1.weight: another",
        ),
    ],
)
def test_a_table_that_changed_its_shape_without_a_new_version_stops_the_start(
    database: Callable[[], str], change: str, told: str
) -> None:
    url = database()
    migrate(url, [shelf()])
    with psycopg.connect(url) as connection:
        connection.execute(change.encode())

    with pytest.raises(Misshapen, match=told):
        migrate(url, [shelf()])


def test_a_new_version_has_tables_of_its_own(database: Callable[[], str]) -> None:
    url = database()
    migrate(url, [shelf()])
    migrate(url, [shelf(2, Column("colour", Text))])
    migrate(url, [shelf()])


def test_an_index_that_a_release_adds_is_made(database: Callable[[], str]) -> None:
    url = database()
    migrate(url, [shelf()])
    migrate(url, [shelf(indexed=True)])

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT FROM pg_indexes WHERE indexname = 'shelf_v1_weight'").fetchall()
    assert len(found) == 1


def test_a_process_that_does_not_fit_says_so_and_ends(
    database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database()
    migrate(url, PROJECTIONS)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE note_v1 RENAME COLUMN written_at TO wrote_at")
    for name in ("DATABASE", "KEYS", "READ"):
        monkeypatch.setenv(f"CARNET_{name}_URL", url)
    monkeypatch.setenv("CARNET_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["carnet", "status"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert "note_v1.written_at: missing; note_v1.wrote_at: too many" in capsys.readouterr().err
