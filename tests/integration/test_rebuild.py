"""Rebuilding on PostgreSQL, from the log and from Kafka: the rows are those of the log, whatever happens meanwhile."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from typing_extensions import override

from consumers.rebuilding import Cancelled, Stopped, Unprojectable
from infra.oncall.hops import hops
from infra.oncall.looking import Looking
from infra.oncall.text import describe
from infra.rebuild.work import Ending, Rebuild, Switch
from infra.sql.beside import Beside, cancel
from infra.sql.generations import Generations
from infra.status import read_status, wait_for
from infra.wiring import House, OtherSource
from infra.work import NICENESS
from projections.client_card import client_card
from projections.membership import membership
from projections.projection import Projection, Rows
from projections.purchase_history import purchase_history
from projections.registry import PROJECTIONS
from tests.support.kafka import make_topics, relaying, wait_relayed
from tests.support.log import until_done_or_waiting
from tests.support.open_house import Open, opened
from tests.support.projecting import going, wait_projected
from tests.support.rebuilding import SMALL, Heard, Victims, beside, dropped, rebuilt

LIVELY = 250


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.rebuilding.LIMIT", SMALL)


@pytest.mark.feature("N-07")
def test_every_projection_made_anew_from_the_log_is_equal_and_stays_so(
    database: Callable[[], str], tmp_path: Path
) -> None:
    with opened(database, tmp_path, 1) as found:
        found.happen(LIVELY)
        found.project()
        with (
            lively(found),
            found.house.projector(batch=7) as one,
            found.house.projector(batch=11) as two,
            going(one),
            going(two),
        ):
            for projection in PROJECTIONS:
                assert_anew(found.house, projection)
        found.project()
        assert found.rows() == found.of_the_log()


@pytest.mark.feature("N-07")
def test_and_from_kafka_while_two_projectors_share_the_partitions(
    database: Callable[[], str], tmp_path: Path, kafka: str
) -> None:
    more = {"kafka": kafka, "kafka_prefix": f"test-{uuid4().hex}", "kafka_partitions": 3}
    with opened(database, tmp_path, 2, **more) as found, ExitStack() as used:
        make_topics(kafka, found.house.topics)
        used.enter_context(relaying(found.house.databases.log, kafka, found.house.topics))
        for _ in range(2):
            used.enter_context(going(used.enter_context(found.house.projector())))
        found.happen(LIVELY)
        wait_relayed(kafka, found.house.topics, found.position)
        wait_projected(found.house.databases.read, kafka, found.house.topics)
        with lively(found):
            for projection in (client_card, purchase_history, *found.chance.sample(PROJECTIONS, 2)):
                assert_anew(found.house, projection)
        wait_relayed(kafka, found.house.topics, found.position)
        wait_projected(found.house.databases.read, kafka, found.house.topics)
        assert found.rows() == found.of_the_log()


@contextmanager
def lively(found: Open) -> Iterator[None]:
    """Decisions go on as long as the context lasts."""
    stop = Event()
    thread = Thread(target=found.happen, args=(100_000, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def assert_anew(house: House, projection: Projection) -> None:
    ending, heard = rebuilt(house, projection)
    assert ending is Ending.SERVES, heard
    [comparison] = heard.comparisons
    assert comparison is not None
    assert comparison.equal
    assert heard.troubles == []
    assert dropped(house, projection) == [Beside.FORMER]


KILLED_AT = (
    "project.written:4",
    "project.committed:2",
    "rebuild.finished",
    "rebuild.compares",
    "rebuild.held",
    "rebuild.switching",
    "rebuild.switched",
)


def test_killed_anywhere_it_goes_on_and_what_serves_is_never_harmed(
    database: Callable[[], str], tmp_path: Path
) -> None:
    with opened(database, tmp_path, 3) as found:
        found.happen(120)
        found.project()
        wanted, stood = found.rows(), [0]
        with Victims(found.house.settings) as victims:
            for failpoint in KILLED_AT:
                assert victims.rebuild(failpoint, client_card.name) == -signal.SIGKILL, failpoint
                assert found.rows() == wanted
                with Generations.claimed(found.house.databases.read, client_card) as generations:
                    beside = Beside.FORMER if failpoint == "rebuild.switched" else Beside.BUILDING
                    standing = generations.standing(beside)
                    assert standing is not None
                    stood.append(sum(place.position for place in standing.places.values()))
        assert stood == sorted(stood)
        assert stood[1] < stood[2] < stood[3]
        assert dropped(found.house, client_card) == [Beside.FORMER]
        found.happen(1)
        found.project()
        assert found.rows() == found.of_the_log()


def test_stopped_it_goes_on_where_it_was(database: Callable[[], str], tmp_path: Path) -> None:
    with opened(database, tmp_path, 4) as found:
        found.happen(120)
        found.project()
        stop, heard = Event(), Heard()
        with pytest.raises(Stopped):
            Rebuild(found.house, client_card, Stopping(heard, stop.set), stop).run()
        cancelled = Stopping(heard, lambda: cancel(found.house.databases.read, client_card))
        with pytest.raises(Cancelled):
            Rebuild(found.house, client_card, cancelled, Event()).run()
        assert len(heard.progress_of) == 2

        card = read_status(found.house).projections[0]
        assert (card.projection, card.former) == ("client_card", False)
        assert card.rebuilt is not None
        assert 0 < card.rebuilt < 1
        looked = Looking(found.house).look()
        assert f"made anew to {card.rebuilt:.0%}" in describe(hops(looked), looked.at)

        _, again = rebuilt(found.house, client_card, switch=Switch.NEVER)

        assert again.progress_of[0] > heard.progress_of[-1] > heard.progress_of[0]
        assert again.comparisons[0] is not None
        assert found.rows() == found.of_the_log()
        assert read_status(found.house).projections[0].rebuilt == 1
        rebuilt(found.house, client_card)
        assert read_status(found.house).projections[0].former


class Stopping(Heard):
    """Does something as soon as there is progress."""

    def __init__(self, heard: Heard, do: Callable[[], object]) -> None:
        super().__init__()
        self._heard = heard
        self._do = do

    @override
    def progress(self, done: int, total: int) -> None:
        self._heard.progress(done, total)
        self._do()


@pytest.mark.parametrize("by", ["who started it", "somebody else"])
def test_nobody_waits_for_a_long_statement_to_end(database: Callable[[], str], tmp_path: Path, by: str) -> None:
    with opened(database, tmp_path, 4) as found, psycopg.connect(found.house.databases.read) as other:
        found.happen(30)
        found.project()
        url, stop, threads = found.house.databases.read, Event(), list[Thread]()

        def end() -> None:
            until_done_or_waiting(url, lambda: False)
            stop.set() if by == "who started it" else cancel(url, client_card)

        class InTheWay(Heard):
            @override
            def phase(self, phase: str, what: str = "") -> None:
                if phase == "finishing" and not threads:
                    tables = ", ".join(f"{Beside.BUILDING}.{table.name}" for table in client_card.tables)
                    other.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE".encode())
                    threads.append(Thread(target=end))
                    threads[0].start()

        with pytest.raises(Stopped if by == "who started it" else Cancelled):
            Rebuild(found.house, client_card, InTheWay(), stop).run()
        threads[0].join()


def test_a_server_that_goes_away_meanwhile_is_waited_for(database: Callable[[], str], tmp_path: Path) -> None:
    with opened(database, tmp_path, 5) as found:
        found.happen(120)
        found.project()
        url = found.house.databases.read

        def cut() -> None:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND application_name = 'carnet rebuild client_card'"
                )

        heard = Stopping(Heard(), once(cut))
        assert Rebuild(found.house, client_card, heard, Event()).run() is Ending.SERVES
        assert len(heard.troubles) == 1
        assert found.rows() == found.of_the_log()


def once(do: Callable[[], None]) -> Callable[[], None]:
    left = [do]
    return lambda: left.pop()() if left else None


def test_whoever_is_served_meanwhile_goes_first(database: Callable[[], str], tmp_path: Path) -> None:
    with opened(database, tmp_path, 9) as found:
        found.happen(20)
        with beside(found.house.settings, "infra", "rebuild", client_card.name, "--json") as rebuild:
            assert rebuild.stdout is not None
            assert json.loads(rebuild.stdout.readline())["phase"] == "building"
            ours, its = (os.getpriority(os.PRIO_PROCESS, of) for of in (0, rebuild.pid))
            *_, last = rebuild.stdout

    assert its == min(ours + NICENESS, 19)
    assert json.loads(last)["phase"] == "serves"


def test_an_event_that_cannot_be_projected_stops_it_and_what_serves_goes_on(
    database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(database, tmp_path, 6) as found:
        found.happen(120)
        found.project()
        wanted = found.rows()
        [event, *_] = purchase_history.handlers

        def failing(event: object, rows: Rows) -> None:
            raise KeyError("a secret")

        with monkeypatch.context() as patched:
            patched.setitem(purchase_history.handlers, event, failing)
            with pytest.raises(Unprojectable, match=r": sale\.[\w.-]+, version \d+ of [\w-]+: handler KeyError$"):
                rebuilt(found.house, purchase_history)
        assert found.rows() == wanted

        assert rebuilt(found.house, purchase_history)[0] is Ending.SERVES
        assert found.rows() == wanted


def test_rows_that_were_made_from_another_source_are_not_rebuilt(
    database: Callable[[], str], tmp_path: Path, kafka: str
) -> None:
    with opened(database, tmp_path, 7) as found:
        found.happen(20)
        found.project()
        found.house.settings.__dict__["kafka"] = kafka  # frozen
        with pytest.raises(OtherSource):
            rebuilt(found.house, client_card)


@pytest.mark.feature("N-07")
def test_a_release_with_a_new_version_covers_all_history_while_the_earlier_one_serves(
    database: Callable[[], str], tmp_path: Path
) -> None:
    with opened(database, tmp_path, 8) as found, found.house.projector() as runner, going(runner):
        found.happen(150)
        with beside(found.house.settings, "tests.support.next_release", membership.name) as release:
            assert release.stdin is not None
            assert release.stdout is not None

            def said() -> dict[str, object]:
                told: dict[str, object] = json.loads(release.stdout.readline())  # type: ignore[union-attr]
                return told

            assert said() == {"version": membership.version + 1, "ready": False}
            assert said() == {"ending": "serves", "compared": [None]}
            found.happen(50)
            release.stdin.write("\n")
            release.stdin.flush()
            assert said() == {"ready": True}
            wait_for(found.house, 60)
            rows = found.rows()
            assert rows == found.of_the_log()
            assert of_version(found, membership.version + 1) == of_version(found, membership.version)
            release.stdin.write("\n")
            release.stdin.flush()
            assert said()["told"] == f"membership: dropped {' and '.join(sorted(t.name for t in membership.tables))}"


def of_version(found: Open, version: int) -> dict[str, list[tuple[object, ...]]]:
    """The rows of one version of the tables, by the names that all versions have in common."""
    with psycopg.connect(found.house.databases.read) as connection:
        return {
            name: connection.execute(f"SELECT t::text FROM {name}_v{version} AS t ORDER BY 1".encode()).fetchall()
            for name in (table.name.rpartition("_v")[0] for table in membership.tables)
        }
