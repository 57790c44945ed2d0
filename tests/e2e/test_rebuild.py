"""A projection is rebuilt while its house is open: commands flow, queries answer, and nobody starts anything anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx
import psycopg
import pytest

from infra.rebuild.work import Ending, Refused, Switch
from infra.sql.beside import Beside
from projections.client_card import card, client_card
from tests.support.rebuilding import SMALL, dropped, rebuilt
from tests.support.running import Running


class Client:
    """Somebody who is renamed again and again, and read back each time: what is written is seen by who wrote it."""

    def __init__(self, associate: httpx.Client) -> None:
        self._associate = associate
        made = associate.post("/clients", json={"name": {"family": "Number 0"}})
        self.id: str = made.json()["id"]
        self.times = 0

    def renamed(self) -> None:
        self.times += 1
        family = f"Number {self.times}"
        told = self._associate.put(f"/clients/{self.id}/name", json={"family": family})
        assert told.status_code in (200, 204), told.text
        for _ in range(20):  # a projector may stand still for longer than a query waits
            seen = self._associate.get(
                f"/clients/{self.id}", headers={"Carnet-Position": told.headers["Carnet-Position"]}
            )
            if seen.status_code != 503:
                break
        assert seen.status_code == 200, seen.text
        assert seen.json()["name"]["family"] == family


@contextmanager
def busy(client: Client) -> Iterator[list[BaseException]]:
    """Renames her for as long as the context lasts; what went wrong."""
    stop = Event()
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                client.renamed()
        except BaseException as error:
            wrong.append(error)

    thread = Thread(target=work)
    thread.start()
    try:
        yield wrong
    finally:
        stop.set()
        thread.join(60)


@pytest.fixture(params=["carnet", "carnet_on_kafka"])
def house(request: pytest.FixtureRequest) -> Running:
    found: Running = request.getfixturevalue(request.param)
    return found


@pytest.mark.feature("N-07")
def test_it_is_made_anew_while_the_house_is_open(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.rebuilding.LIMIT", SMALL)
    with house.client() as associate:
        client = Client(associate)
        for _ in range(30):
            client.renamed()
        with busy(client) as wrong:
            ending, heard = rebuilt(house.house, client_card)
        assert (ending, wrong, heard.troubles) == (Ending.SERVES, [], [])
        assert heard.phases[0] == "building"
        assert heard.phases[-1] == "switching"
        [comparison] = heard.comparisons
        assert comparison is not None
        assert (comparison.equal, comparison.parked) == (True, 0)
        assert comparison.rows > 0
        assert len(heard.progress_of) > 2
        assert all(done <= total for done, total in heard.progress_of)

        # Whoever still read the former rows would say this.
        families(house, Beside.FORMER, "changed")
        client.renamed()
        with pytest.raises(Refused, match="kept"):
            rebuilt(house.house, client_card)

        with busy(client) as wrong:
            ending, _ = rebuilt(house.house, client_card, Beside.FORMER, Switch.ALWAYS)
        assert (ending, wrong) == (Ending.SERVES, [])
        client.renamed()

        # The rows that serve again were changed by hand: what is made anew differs, and does not serve unasked.
        assert dropped(house.house, client_card) == [Beside.FORMER]
        other = Client(associate)
        other.renamed()
        families(house, None, "changed by hand")
        ending, heard = rebuilt(house.house, client_card)
        assert ending is Ending.DIFFERS
        [comparison] = heard.comparisons
        assert comparison is not None
        [difference] = comparison.differences
        assert difference.table == card.name
        assert difference.first[0].keys() == {"client_id", "is"}
        assert "by hand" not in str(comparison)

        with busy(client) as wrong:
            ending, _ = rebuilt(house.house, client_card, switch=Switch.ALWAYS)
        assert (ending, wrong) == (Ending.SERVES, [])
        assert associate.get(f"/clients/{other.id}").json()["name"]["family"] == "Number 1"
        assert dropped(house.house, client_card) == [Beside.FORMER]
        client.renamed()


def families(house: Running, of: Beside | None, to: str) -> None:
    table = f"{of}.{card.name}" if of else card.name
    with psycopg.connect(house.house.databases.read, autocommit=True) as connection:
        connection.execute(f"UPDATE {table} SET family = %s".encode(), [to])
