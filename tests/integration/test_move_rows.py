"""The rows of a house that moved are compared with those it had, column by column."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from typer.testing import CliRunner

from infra.cli import app
from infra.settings import Settings
from infra.sql import read_models
from projections.client_card import card
from projections.purchase_history import line
from projections.registry import PROJECTIONS
from tests.support.open_house import opened
from tests.support.rebuilding import said


def test_what_differs_is_named_by_its_key_and_column_and_nothing_is_said_of_anybody(
    database: Callable[[], str], tmp_path: Path
) -> None:
    with opened(database, tmp_path, 31) as found:
        found.happen(250)
        found.project()
        settings, other = found.house.settings, database()
        read_models.migrate(other, PROJECTIONS)
        with found.house.projector(batch=3, read_url=other) as runner:
            while runner.step():
                pass
    new = settings.model_copy(update={"read_url": other})
    status, told = compared(settings, new)
    assert (status, told["equal"]) == (0, True)
    assert told["rows"] > 200

    with psycopg.connect(other) as connection:
        # Another way to write the same number.
        connection.execute(f"UPDATE {line.name} SET unit_price = unit_price + 0.0000".encode())
    assert compared(settings, new)[0] == 0

    with psycopg.connect(other) as connection:
        ids = [each[0] for each in connection.execute(f"SELECT client_id FROM {card.name} ORDER BY 1".encode())]
        connection.execute(f"UPDATE {card.name} SET family = 'Aubergine' WHERE client_id = %s".encode(), ids[:1])
        connection.execute(f"DELETE FROM {card.name} WHERE client_id = %s".encode(), ids[1:2])
    with psycopg.connect(str(settings.read_url)) as connection:
        connection.execute(f"DELETE FROM {card.name} WHERE client_id = %s".encode(), ids[2:3])

    status, told = compared(settings, new)

    assert (status, told["equal"]) == (1, False)
    [difference] = told["differences"]
    assert (difference["table"], difference["rows"]) == (card.name, 3)
    assert difference["first"] == [
        {"client_id": str(id), "is": what}
        for id, what in zip(ids, ["changed in family", "missing", "added"], strict=False)
    ]
    assert "Aubergine" not in json.dumps(told)


def compared(old: Settings, new: Settings) -> tuple[int, Any]:
    arguments = ["move", str(old.database_url), "--rows", "--read", str(old.read_url), "--json"]
    done = CliRunner().invoke(app, arguments, env=said(new))
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])
