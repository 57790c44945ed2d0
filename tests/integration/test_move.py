"""A house moves to other servers: all of it or nothing, killed anywhere, and what it leaves behind is as it was."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner
from typing_extensions import override

from commands.ports import Offset
from consumers.feeds.parked import Aside
from infra.cli import app, main
from infra.databases import Databases
from infra.keys.person import KeyDamaged
from infra.keys.secrets import Secrets
from infra.log.arriving import Arriving
from infra.moving.kept import EVENTS, FEEDS, KEYS, WAITING, Differs
from infra.moving.work import Move, Moved, Stopped
from infra.settings import Settings
from infra.wiring import house
from tests.support.kafka import SALE, fresh_topics, header, read_all, relaying, wait_relayed
from tests.support.kept import rows
from tests.support.log import change
from tests.support.memory import request
from tests.support.open_house import Open, opened
from tests.support.rebuilding import SMALL, Victims, said


@dataclass(frozen=True)
class Moving:
    """A house that was closed, and other databases that are its to be."""

    old: Settings
    new: Settings
    found: Open

    @property
    def source(self) -> Databases:
        return _databases(self.old)

    @property
    def target(self) -> Databases:
        return _databases(self.new)

    @property
    def arguments(self) -> list[str]:
        return ["move", self.source.log, "--keys", self.source.keys]

    def move(self, tell: "Heard | None" = None, stopped: Callable[[], bool] = lambda: False) -> Moved:
        secrets = Secrets.existing(self.new.home / "secrets")
        return Move(self.source, self.target, secrets, tell or Heard(), stopped).run()

    def command(self, *more: str, **environment: str) -> tuple[int, dict[str, Any]]:
        """The status, and the last line that was told."""
        done = CliRunner().invoke(app, [*self.arguments, *more, "--json"], env=said(self.new) | environment)
        return done.exit_code, json.loads(done.stdout.splitlines()[-1])


class Heard:
    def phase(self, phase: str, what: str = "") -> None: ...

    def progress(self, done: int, total: int) -> None: ...


def _databases(settings: Settings) -> Databases:
    return Databases(str(settings.database_url), str(settings.keys_url), str(settings.read_url))


@pytest.fixture
def moving(database: Callable[[], str], tmp_path: Path) -> Moving:
    """Events of every kind, a feed, receipts that wait, and a person whose key is destroyed."""
    with opened(database, tmp_path, 11) as found:
        found.happen(250)
        happened(found)
        settings = found.house.settings
    new = settings.model_copy(
        update={"database_url": database(), "keys_url": database(), "read_url": database(), "home": tmp_path}
    )
    return Moving(settings, new, found)


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.moving.kept.ROWS", SMALL)


def happened(found: Open) -> None:
    opened = found.house
    opened.parked.put([Aside("atelier", f"T-{n}", b"Ann said %d" % n, "item.unknown", "Nobody.") for n in range(25)])
    fed = replace(request(), offset=Offset("till-4", 17, after=0))
    opened.ports.streams.append([change(SALE, stream=uuid4())], fed)
    with psycopg.connect(opened.databases.log) as connection, pytest.raises(psycopg.errors.NotNullViolation):
        # A position that nobody will ever have.
        connection.execute("INSERT INTO carnet_events (originator_version) VALUES (1)")
    with psycopg.connect(opened.databases.keys) as connection:
        connection.execute(
            "UPDATE person_key SET wrapped = NULL, destroyed_at = now() "
            "WHERE person = (SELECT person FROM person_key ORDER BY person OFFSET 3 LIMIT 1)"
        )


@contextmanager
def left_alone(moving: Moving) -> Iterator[None]:
    """Nothing of the house that is moved is changed."""
    before = rows(moving.source)
    yield
    assert rows(moving.source) == before


def test_every_row_is_there_and_the_house_goes_on(moving: Moving) -> None:
    with left_alone(moving):
        moved = moving.move()
        there = rows(moving.target)
        assert there == rows(moving.source)

    assert moved.end == max(row[-1] for row in there["carnet_events"])
    assert moved.rows == {
        "events": len(there["carnet_events"]),
        "trackings": 2,  # one is the library's own
        "receipts that wait": 25,
        "person keys": len(there["person_key"]),
    }
    assert (moved.destroyed, moved.before) == (1, False)
    with house(moving.new) as opened:
        assert str(opened.log.incarnation) == str(moved.incarnation)
        [[position]] = opened.ports.streams.append([change(SALE, stream=uuid4())], request())
        assert position > there["carnet_events_notification_id_seq"][0][0] > moved.end
        assert len(opened.parked.all()) == 25
        assert opened.log.recorder.tracked(["till-4"]) == {"till-4": 17}


def test_a_relay_goes_on_with_the_topics_that_it_has(moving: Moving, kafka: str) -> None:
    topics = fresh_topics(kafka)
    with relaying(moving.source.log, kafka, topics):
        wait_relayed(kafka, topics, moving.found.position)

    moving.move()

    with house(moving.new) as opened:
        moving.found.house = opened
        moving.found.happen(20)
        with relaying(moving.target.log, kafka, topics):
            wait_relayed(kafka, topics, moving.found.position)
    stored = {row[-1]: bytes(row[-2]) for row in rows(moving.target)["carnet_events"]}
    assert {int(header(each, "ce_sequence")): each.value for each in read_all(kafka, topics.events)} == stored


def test_nothing_that_a_house_keeps_is_forgotten(moving: Moving) -> None:
    """A new table of the log or the keys has to say whether it moves."""
    found = {name for name in rows(moving.source) if not name.endswith("_seq")}
    assert found == {table.name for table in (EVENTS, FEEDS, WAITING, KEYS)} | {"carnet_incarnation"}


KILLED_AT = (
    "move.begun",
    "move.copied:3",
    "move.written:9",
    "move.copied:14",
    "move.compared",
    "move.arrives",
)


def test_killed_anywhere_it_goes_on_and_nobody_opens_what_is_not_complete(moving: Moving) -> None:
    with left_alone(moving), Victims(moving.new) as victims:
        copied = [0]
        for failpoint in KILLED_AT:
            assert victims.run(failpoint, *moving.arguments) == -signal.SIGKILL, failpoint
            with pytest.raises(Arriving), house(moving.new):
                pass
            copied.append(len(rows(moving.target).get("carnet_events", [])))
        assert copied == sorted(copied)
        assert 0 < copied[2] < copied[3] < copied[4]
        assert victims.run("move.arrived", *moving.arguments) == -signal.SIGKILL
        assert rows(moving.target) == rows(moving.source)
        assert victims.run("never", *moving.arguments) == 0
    assert rows(moving.target) == rows(moving.source)
    with house(moving.new):
        pass


def test_stopped_it_goes_on_also_if_the_old_house_was_at_work_in_between(moving: Moving) -> None:
    copied(moving)
    with house(moving.old) as opened:
        moving.found.house = opened
        moving.found.happen(20)
        opened.parked.settle([opened.parked.all()[0].id])
    with psycopg.connect(moving.source.keys) as connection:
        connection.execute("UPDATE person_key SET wrapped = NULL, destroyed_at = now() WHERE wrapped IS NOT NULL")

    moving.move()

    assert rows(moving.target) == rows(moving.source)


def test_a_command_says_how_far_it_is_and_that_it_was_there_before(moving: Moving) -> None:
    done = CliRunner().invoke(app, moving.arguments, env=said(moving.new))
    assert done.exit_code == 0, done.output
    assert "every row is equal, every key opens" in done.stdout
    status, told = moving.command()
    assert (status, told["phase"], told["before"]) == (0, "moved", True)


WRITTEN = (("log", EVENTS), ("log", FEEDS), ("log", WAITING), ("keys", KEYS))


@contextmanager
def held_up(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, options="-c lock_timeout=10ms") as connection:
        with pytest.raises(psycopg.errors.LockNotAvailable):
            yield connection
        connection.rollback()


def test_commands_of_the_old_house_wait_while_it_moves(moving: Moving) -> None:
    class Writing(Heard):
        refused = 0

        @override
        def progress(self, done: int, total: int) -> None:
            if not self.refused:
                for url, table in WRITTEN:
                    with held_up(getattr(moving.source, url)) as connection:
                        connection.execute(f"DELETE FROM {table.name}".encode())
                    self.refused += 1

    with left_alone(moving):
        tell = Writing()
        moving.move(tell)
    assert tell.refused == 4


def refused(moving: Moving, reason: str) -> None:
    before = rows(moving.target)
    with left_alone(moving):
        status, told = moving.command()
    assert (status, told["phase"]) == (1, "refused"), told
    assert reason in told["told"]
    assert rows(moving.target) == before


def test_a_command_at_the_new_place_says_that_it_is_not_complete(
    moving: Moving, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(moving)
    for name, value in said(moving.new).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["carnet", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"{Arriving()}\n"


def test_a_house_in_use_is_not_moved(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.moving.ends._PATIENCE_SECONDS", 0.2)
    with house(moving.old):
        refused(moving, "the house that is to be moved is in use")
    with house(moving.new):
        refused(moving, "the house that it is to be moved to is in use")
    # Nobody is left, and there was nothing in it.
    assert moving.command()[0] == 0
    with house(moving.new):
        pass


def test_nothing_is_moved_over_another_house(moving: Moving) -> None:
    with house(moving.new) as opened:
        opened.ports.streams.append([change(SALE, stream=uuid4())], request())
        id = opened.log.incarnation
    refused(moving, f"there is another house already: its log is {id}")


def test_nor_over_one_that_was_begun_to_be_moved(moving: Moving, database: Callable[[], str], tmp_path: Path) -> None:
    with opened(database, tmp_path, 12) as found:
        other = found.house.settings
    with pytest.raises(Stopped):
        replace(moving, old=other).move(stopped=lambda: True)
    refused(moving, "another log was begun to be moved there")


def test_nor_onto_itself(moving: Moving) -> None:
    refused(replace(moving, new=moving.old), "just being moved")


def test_keys_that_the_secrets_do_not_open_stay_where_they_are(moving: Moving, tmp_path: Path) -> None:
    status, told = moving.command(CARNET_SECRETS=str(tmp_path / "none"))
    assert (status, told["phase"]) == (1, "refused")
    assert not (tmp_path / "none").exists()
    Secrets.open(tmp_path / "others")

    status, told = moving.command(CARNET_SECRETS=str(tmp_path / "others"))

    assert (status, told["phase"]) == (1, "trouble")
    assert "cannot be opened" in told["told"]
    assert rows(moving.target) == {}


def test_where_nothing_is_nothing_is_made(tmp_path: Path, moving: Moving) -> None:
    done = CliRunner().invoke(app, ["move", str(tmp_path / "nobody")], env=said(moving.new))
    assert done.exit_code == 1
    assert "there is no house" in done.stdout
    assert not (tmp_path / "nobody").exists()


DAMAGE = {
    "a byte": "UPDATE carnet_events SET state = overlay(state PLACING '!'::bytea FROM 40) WHERE notification_id = 33",
    "a position": "UPDATE carnet_events SET notification_id = 1000033 WHERE notification_id = 33",
    "a version": "UPDATE carnet_events SET originator_version = 1033 WHERE notification_id = 33",
    "a name": "UPDATE carnet_events SET topic = topic || 'x' WHERE notification_id = 33",
    "a row": "DELETE FROM carnet_events WHERE notification_id = 33",
    "a row too many": (
        "INSERT INTO carnet_events SELECT originator_id, 1033, topic, state, 1000033 FROM carnet_events "
        "WHERE notification_id = 33"
    ),
    "a window": "DELETE FROM carnet_events WHERE notification_id BETWEEN 31 AND 40",
}


def test_a_copy_that_is_not_the_same_is_found_out(moving: Moving) -> None:
    with left_alone(moving):
        for damage in DAMAGE.values():
            copied(moving)
            change_log(moving, damage)
            with pytest.raises(Differs):
                moving.move()
            with pytest.raises(Arriving), house(moving.new):
                pass
            change_log(moving, "DELETE FROM carnet_events WHERE notification_id > 20")
        moving.move()
    assert rows(moving.target) == rows(moving.source)


def copied(moving: Moving) -> None:
    """Everything is there, and nothing was compared."""

    class Comparing(Heard):
        begun = False

        @override
        def phase(self, phase: str, what: str = "") -> None:
            self.begun = phase == "comparing"

    tell = Comparing()
    with pytest.raises(Stopped):
        moving.move(tell, stopped=lambda: tell.begun)


def change_log(moving: Moving, statement: str) -> None:
    with psycopg.connect(moving.target.log) as connection:
        assert connection.execute(statement.encode()).rowcount


def test_it_says_which_rows_differ_and_nothing_that_they_say(moving: Moving) -> None:
    moving.move()
    change_log(moving, DAMAGE["a byte"])
    status, told = moving.command()
    assert (status, told["phase"]) == (1, "differs")
    assert told["told"] == "not moved: 1 of the events differ, the first by their notification_id: 33"


def test_a_damaged_key_is_found_out(moving: Moving, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(moving.source.keys) as connection:
        connection.execute(
            "UPDATE person_key SET wrapped = overlay(wrapped PLACING '!'::bytea FROM 20) "
            "WHERE person = (SELECT max(person::text)::uuid FROM person_key WHERE wrapped IS NOT NULL)"
        )
    with pytest.raises(KeyDamaged):
        moving.move()
    assert rows(moving.target) == {}

    # Where only the first are looked at before anything is copied.
    monkeypatch.setattr("infra.keys.store.PORTION", 1)
    with pytest.raises(KeyDamaged):
        moving.move()
    with pytest.raises(Arriving), house(moving.new):
        pass
