"""`carnet verify`: a log and keys that are whole and belong together, and whatever is not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.keys.secrets import Secrets
from infra.settings import Settings
from infra.sql import read_models
from infra.wiring import OtherSource, house
from projections.registry import PROJECTIONS
from tests.support.open_house import Open, opened
from tests.support.rebuilding import said


@pytest.fixture
def found(database: Callable[[], str], tmp_path: Path) -> Open:
    """A house that was closed, whose read models know everything."""
    with opened(database, tmp_path, 21) as found:
        found.happen(150)
        found.project()
        return found


def verify(settings: Settings, *arguments: str, **more: str) -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["verify", "--json", *arguments], env=said(settings) | more)
    return done.exit_code, json.loads(done.stdout) if done.stdout else done.stderr


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        assert connection.execute(statement.encode()).rowcount


def test_a_house_that_is_whole(found: Open) -> None:
    status, told = verify(found.house.settings)

    assert (status, told["wrong"], told["first"], told["renamed"]) == (0, 0, [], None)
    with psycopg.connect(found.house.databases.log) as connection:
        counted = connection.execute(
            "SELECT count(*), max(notification_id), count(DISTINCT originator_id) FROM carnet_events"
        ).fetchone()
    assert (told["events"], told["end"], told["streams"]) == counted
    assert told["keys"] > 0
    done = CliRunner().invoke(app, ["verify"], env=said(found.house.settings))
    assert done.stdout.splitlines()[-1] == "every event can be read, every key opens"


# What is changed in the log, and what is said of it.
DAMAGE = {
    "a hole in a stream": (
        (
            "DELETE FROM carnet_events WHERE (originator_id, originator_version) = "
            "(SELECT originator_id, 1 FROM carnet_events WHERE originator_version = 2 LIMIT 1)"
        ),
        "its versions are not 1 to n",
    ),
    "a byte of a seal": (
        (
            "UPDATE carnet_events SET state = overlay(state PLACING 'AAAA'::bytea FROM length(state) - 20) "
            "WHERE notification_id = "
            "(SELECT min(notification_id) FROM carnet_events WHERE topic = 'client.registered.v1')"
        ),
        "a seal does not fit",
    ),
    "a name that nobody knows": (
        (
            "UPDATE carnet_events SET topic = 'client.from-the-future.v1' "
            "WHERE notification_id = (SELECT max(notification_id) FROM carnet_events)"
        ),
        ": client.from-the-future.v1",
    ),
    "a sequence that was set back": (
        "SELECT setval('carnet_events_notification_id_seq', 3)",
        "will be given out again",
    ),
}


def test_damage_is_told_and_no_new_name_given(found: Open) -> None:
    for many, (statement, reason) in enumerate(DAMAGE.values(), 1):
        change(found.house.databases.log, statement)

        status, told = verify(found.house.settings, "--restored")

        assert (status, told["wrong"], told["renamed"]) == (1, many, None), told
        assert any(reason in each for each in told["first"])


def test_keys_that_are_older_than_the_log_are_told(found: Open) -> None:
    change(found.house.databases.keys, "DELETE FROM person_key WHERE person = (SELECT person FROM person_key LIMIT 1)")

    status, told = verify(found.house.settings)

    assert status == 1
    assert told["wrong"] > 0
    assert all("is unknown" in each for each in told["first"])


def test_the_secrets_of_another_house_are_told_and_none_are_made(found: Open, tmp_path: Path) -> None:
    Secrets.open(tmp_path / "others")
    status, told = verify(found.house.settings, CARNET_SECRETS=str(tmp_path / "others"))
    assert (status, "cannot be opened" in told["first"][0]) == (1, True)

    status, told = verify(found.house.settings, CARNET_SECRETS=str(tmp_path / "none"))
    assert (status, "there is no wrapping key" in told) == (1, True)
    assert not (tmp_path / "none").exists()


def test_restored_a_log_has_a_new_name_and_its_former_rows_are_not_gone_on_with(
    found: Open, database: Callable[[], str]
) -> None:
    settings, was = found.house.settings, found.house.log.incarnation
    with house(settings):
        status, told = verify(settings, "--restored")
        assert (status, "in use" in told) == (1, True)

    status, told = verify(settings, "--restored")

    assert (status, told["incarnation"]) == (0, str(was))
    with pytest.raises(OtherSource, match=f"made from the log {was}, and this is {told['renamed']}"), house(settings):
        pass
    with house(settings.model_copy(update={"read_url": database()})) as opened:
        assert str(opened.log.incarnation) == told["renamed"]


def test_rows_that_know_more_than_an_older_copy_of_the_log_are_not_gone_on_with(found: Open) -> None:
    """Else what happens from now on would have positions that they believe to have seen."""
    change(
        found.house.databases.log,
        "DELETE FROM carnet_events WHERE notification_id > (SELECT max(notification_id) - 20 FROM carnet_events)",
    )
    with pytest.raises(OtherSource, match="is it an older copy"), house(found.house.settings):
        pass


def test_read_models_of_a_release_that_did_not_say_whose_they_are_are_taken_for_this_logs(
    found: Open, database: Callable[[], str]
) -> None:
    change(found.house.databases.read, "DELETE FROM made_from")
    read_models.migrate(found.house.databases.read, PROJECTIONS)
    with house(found.house.settings):
        pass
