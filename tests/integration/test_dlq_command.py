"""`carnet dlq` as somebody meets it on the command line, over a whole house."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from commands.client import CorrectName, Name, RegisterClient, correct_name, register
from domain.client.events import NameCorrected
from infra.cli import app
from infra.settings import Settings
from infra.wiring import House, house, request
from projections.client_card import client_card
from projections.projection import Rows
from tests.support.memory import ASSOCIATE


@dataclass
class Carnet:
    settings: Settings
    house: House

    def dlq(self, *arguments: object) -> Result:
        environment = {
            "CARNET_DATABASE_URL": self.settings.database_url,
            "CARNET_KEYS_URL": self.settings.keys_url,
            "CARNET_READ_URL": self.settings.read_url,
            "CARNET_HOME": str(self.settings.home),
        }
        return CliRunner().invoke(app, ["dlq", *map(str, arguments)], env=environment)

    def asked(self, *arguments: object) -> Any:
        return json.loads(self.dlq(*arguments, "--json").stdout)

    def a_client(self, *names: str) -> tuple[UUID, list[int]]:
        """A client whose name is corrected again and again: her id, and the positions of the corrections."""
        name, *corrections = names
        ports = self.house.ports
        done = register(RegisterClient(name=Name(family=name)), ports, request(ASSOCIATE))
        return done.subject_id, [
            correct_name(done.subject_id, CorrectName(family=each), ports, request(ASSOCIATE)).position
            for each in corrections
        ]

    def project(self) -> None:
        with self.house.projector() as runner:
            while runner.step():
                pass

    def families(self) -> dict[UUID, str]:
        with psycopg.connect(str(self.settings.read_url)) as connection:
            return dict(connection.execute("SELECT client_id, family FROM client_card_v5").fetchall())


@pytest.fixture
def carnet(database: Callable[[], str], tmp_path: Path) -> Iterator[Carnet]:
    settings = Settings(database_url=database(), keys_url=database(), read_url=database(), home=tmp_path)
    with house(settings) as opened:
        yield Carnet(settings, opened)


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The client card cannot bear a corrected name that begins with "Bad", until it is mended."""
    sound = client_card.handlers[NameCorrected]

    def failing(event: NameCorrected, rows: Rows) -> None:
        if str(getattr(event.name, "family", "")).startswith("Bad"):
            raise KeyError("Bad")
        sound(event, rows)

    monkeypatch.setitem(client_card.handlers, NameCorrected, failing)
    return lambda: monkeypatch.setitem(client_card.handlers, NameCorrected, sound)


def test_a_key_is_listed_shown_and_retried(carnet: Carnet, mend: Callable[[], None]) -> None:
    assert carnet.dlq("list").exit_code == 0
    anne, (bad, after) = carnet.a_client("Anne", "Bad Anne", "Good Anne")
    bea, _ = carnet.a_client("Bea", "Bee")
    carnet.project()

    listed = carnet.dlq("list")
    assert listed.exit_code == 1
    of_anne = f"client_card v{client_card.version}, {anne}: 2 parked"
    assert f"{of_anne}\n  {bad}: client.name-corrected.v1, version 2 of {anne}" in listed.stdout
    (key,) = carnet.asked("list")["keys"]
    assert (key["key"], key["events"], key["first"]["position"], key["first"]["error"]) == (
        str(anne),
        2,
        bad,
        "KeyError",
    )
    assert carnet.asked("list", "purchase_history") == {"keys": []}
    shown = carnet.asked("show", "client_card", anne)["events"]
    assert [(each["position"], each["reason"]) for each in shown] == [(bad, "handler"), (after, "blocked")]

    failed = carnet.dlq("retry", "client_card", anne)
    assert failed.exit_code == 1
    assert "nothing done; 2 still parked" in failed.stdout
    mend()
    done = carnet.dlq("retry", "client_card", "--all", "--by", "ops-1", "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "decisions": [{"key": str(anne), "retried": [bad, after], "skipped": [], "parked": []}]
    }
    assert carnet.families() == {anne: "Good Anne", bea: "Bee"}
    assert f"{after}: client.name-corrected.v1" in carnet.dlq("show", "client_card", anne).stdout
    assert "retried by ops-1" in carnet.dlq("show", "client_card", anne).stdout
    assert carnet.dlq("retry", "client_card", "--all").exit_code == 0
    told = "".join(carnet.dlq(*words).output for words in (["list"], ["show", "client_card", anne]))
    assert "Anne" not in told + listed.output + failed.output + done.output


@pytest.mark.usefixtures("mend")
def test_an_event_is_skipped_with_a_reason_and_the_next_that_fails_is_told(carnet: Carnet) -> None:
    anne, (bad, after, worse, last) = carnet.a_client("Anne", "Bad Anne", "Good Anne", "Bad again", "Annette")
    carnet.project()

    first = carnet.dlq("skip", "client_card", bad, "--reason", "typed by mistake", "--by", "ops-1")
    assert first.exit_code == 1
    assert f"{anne}: skipped {bad}; retried {after}; 2 still parked" in first.stdout
    assert carnet.families() == {anne: "Good Anne"}
    rest = carnet.asked("skip", "client_card", worse, "--and-later", "--reason", "all of them", "--by", "ops-2")

    assert rest["decisions"] == [{"key": str(anne), "retried": [], "skipped": [worse, last], "parked": []}]
    resolved = [each["resolved"] for each in carnet.asked("show", "client_card", anne)["events"]]
    assert [(each["resolution"], each["by"], each["why"]) for each in resolved] == [
        ("skipped", "ops-1", "typed by mistake"),
        ("retried", "ops-1", None),
        ("skipped", "ops-2", "all of them"),
        ("skipped", "ops-2", "all of them"),
    ]
    assert carnet.dlq("list").exit_code == 0


def test_a_paused_projection_is_resumed(carnet: Carnet) -> None:
    carnet.project()
    with psycopg.connect(str(carnet.settings.read_url)) as connection:
        connection.execute("UPDATE offsets SET paused = true WHERE projection = 'client_card'")

    assert carnet.asked("resume", "client_card") == {"resumed": True}
    assert carnet.dlq("resume", "client_card").stdout == "client_card was not paused\n"
    anne, _ = carnet.a_client("Anne")
    carnet.project()

    assert carnet.families() == {anne: "Anne"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "nothing"], "no projection nothing"),
        (["show", "client_card", "no-uuid"], "KEY"),
        (["retry", "client_card"], "--all"),
        (["retry", "client_card", UUID(int=1), "--all"], "--all"),
        (["skip", "client_card", 7], "--reason"),
        (["skip", "client_card", 7, "--reason", " "], "line of text"),
        (["skip", "client_card", 7, "--reason", "two\nlines"], "line of text"),
        (["skip", "client_card", 7, "--reason", "there is no such event"], "no event at 7"),
        (["resume", "nothing"], "no projection nothing"),
    ],
    ids=lambda value: " ".join(map(repr, value)) if isinstance(value, list) else "",
)
def test_what_is_not_understood_is_said_so(carnet: Carnet, words: list[object], said: str) -> None:
    refused = carnet.dlq(*words)

    assert refused.exit_code == 2
    assert said in refused.output
