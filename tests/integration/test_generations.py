"""Generations of a projection on PostgreSQL: switching from one to the other, and comparing them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import partial
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Integer, Text

from consumers.projector import News, Projector, write
from consumers.read_models import Overtaken
from consumers.rebuilding import Builder, Cancelled
from infra.sql.beside import Beside, cancel
from infra.sql.comparing import Comparison, Snapshot
from infra.sql.generations import Busy, Contended, Generations
from infra.sql.offsets import CHANNEL
from infra.sql.read_models import SqlReadModels, migrate
from projections.projection import Projection
from tests.integration.test_runner import a_journal, run
from tests.support.projections import Cursed, Noted, Raised, ledger, line, owner
from tests.support.records import ListSource
from tests.support.store import Store

ME, YOU = owner(0), owner(1)
BUILDING, FORMER = Beside.BUILDING, Beside.FORMER


class Ledger:
    """The sample projection, served from a journal in one partition."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, [ledger])
        self.url = url
        self.journal = a_journal(40)

    def project(self) -> None:
        with closing(SqlReadModels(self.url)) as models:
            run(self.journal, models, ledger)

    @contextmanager
    def built(self, beside: Beside = BUILDING, park: bool = False) -> Iterator[Generations]:
        """Another generation that is where the one that serves is."""
        with Generations.claimed(self.url, ledger) as generations:
            generations.begin(beside)
            with closing(SqlReadModels(generations.url(beside))) as models:
                source = ListSource(self.journal.records)
                builder = Builder(source, self.journal.decode, models, ledger, park=park)
                builder.fill(generations.serving().offsets, generations.skipped())
            list(generations.finish(beside))
            yield generations

    def compared(self, beside: Beside = BUILDING) -> Comparison:
        with Snapshot.taken(self.url, ledger, beside) as snapshot:
            list(snapshot.compared())
        return snapshot.result

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), parameters)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def house(database: Callable[[], str]) -> Ledger:
    made = Ledger(database())
    made.project()
    return made


def switch(generations: Generations, beside: Beside = BUILDING) -> None:
    with generations.held([0]):
        generations.switch(beside)


def test_the_new_generation_serves_and_the_former_is_kept(house: Ledger) -> None:
    before = house.store.rows()
    described = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    indexes = house.sql(described)

    with house.built() as generations:
        assert house.compared().equal
        house.sql(f"UPDATE {BUILDING}.{line.name} SET text = 'new'")
        switch(generations)
        assert (generations.standing(BUILDING), generations.standing(FORMER)) == (None, generations.serving())

    rows = house.store.rows()
    assert {row["text"] for row in rows[line.name].values()} == {"new"}
    assert rows[line.name].keys() == before[line.name].keys()
    assert {key: rows[key] for key in rows if key != line.name} == {
        key: before[key] for key in before if key != line.name
    }
    assert house.sql(described) == indexes
    house.journal.happened(ME, Noted(99, Decimal(1), "later"))
    house.project()
    assert (ME, 99) in house.store.rows()[line.name]

    with house.built(FORMER) as generations:
        assert generations.level(FORMER)
        switch(generations, FORMER)
    assert {row["text"] for row in house.store.rows()[line.name].values()} >= {"later", "note 7"}
    with Generations.claimed(house.url, ledger) as generations:
        assert generations.drop() == [FORMER]
        assert generations.drop() == []
    assert (ME, 99) in house.store.rows()[line.name]


def test_what_a_projector_knew_of_the_former_generation_is_void(house: Ledger) -> None:
    """Also when the positions are the same: what was parked there need not be here."""
    bad = house.journal.happened(ME, Cursed())
    house.project()
    with closing(SqlReadModels(house.url)) as models:
        knows = Projector(ledger, models, lambda *_: None, 100)
        knows.load([0], 0.0)
        with house.built(park=True) as generations:
            house.sql(f"DELETE FROM {BUILDING}.dead_letters")
            switch(generations)
        house.journal.happened(ME, Noted(3, Decimal(3), "once it was mended"))
        last = house.journal.records[-1:]
        news = News({0: last[0].position - 1}, last, house.journal.decode(last))

        with pytest.raises(Overtaken):
            write(knows.apply(news), partial(models.commit, ledger))
        knows.load([0], 0.0)
        write(knows.apply(news), partial(models.commit, ledger))

    assert house.store.letters() == []
    assert house.store.rows()[line.name][ME, 3]["text"] == "once it was mended"
    assert house.sql(f"SELECT position FROM {FORMER}.dead_letters") == [(bad.position,)]


def test_what_was_skipped_stays_skipped(house: Ledger) -> None:
    house.journal.happened(ME, Cursed())
    house.journal.happened(ME, Noted(3, Decimal(3), "after"))
    house.project()
    house.sql("UPDATE dead_letters SET resolution = 'skipped', resolved_by = 'ines' WHERE reason = 'handler'")

    for _ in range(2):
        with house.built() as generations:
            switch(generations)
            generations.drop()

    assert house.sql("SELECT reason, resolution, resolved_by FROM dead_letters") == [("handler", "skipped", "ines")]
    assert (ME, 3) in house.store.rows()[line.name]


def test_no_statement_ever_sees_two_generations(house: Ledger) -> None:
    """Whichever table it comes to first, prepared or not; and none is broken off."""
    house.sql("UPDATE book_v1 SET title = 'one'")
    house.sql("UPDATE book_line_v1 SET text = 'one'")
    statements = [
        "SELECT DISTINCT b.title, l.text FROM book_v1 AS b JOIN book_line_v1 AS l USING (owner_id)",
        "SELECT DISTINCT b.title, l.text FROM book_line_v1 AS l JOIN book_v1 AS b USING (owner_id)",
    ]
    stop = Event()
    seen: list[tuple[str, str]] = []
    wrong: list[object] = []

    def ask(statement: str, prepared: bool) -> None:
        with psycopg.connect(house.url, autocommit=True) as connection:
            while not stop.is_set():
                try:
                    rows = connection.execute(statement.encode(), prepare=prepared).fetchall()
                except psycopg.Error as error:
                    wrong.append(error)
                    return
                wrong.extend(row for row in rows if len(rows) != 1 or row[0] != row[1])
                seen.extend(rows)

    threads = [Thread(target=ask, args=(each, prepared)) for each in statements for prepared in (True, False)]
    with house.built() as generations:
        house.sql(f"UPDATE {BUILDING}.book_v1 SET title = 'two'")
        house.sql(f"UPDATE {BUILDING}.book_line_v1 SET text = 'two'")
        for thread in threads:
            thread.start()
        switched, beside = 0, BUILDING
        while switched < 15 and not wrong:
            try:
                switch(generations, beside)
            except Contended:
                continue
            switched, beside = switched + 1, FORMER
    stop.set()
    for thread in threads:
        thread.join(30)

    assert wrong == []
    assert set(seen) == {("one", "one"), ("two", "two")}


def test_a_long_query_is_not_broken_off_and_makes_no_other_wait_for_long(house: Ledger) -> None:
    with house.built() as generations, psycopg.connect(house.url) as reading:
        reading.execute("SELECT FROM book_total_v1")
        asking = Thread(target=lambda: house.sql("SELECT FROM book_v1"))
        asking.start()

        with pytest.raises(Contended):
            switch(generations)
        asking.join(10)
        assert not asking.is_alive()
        reading.execute("SELECT FROM book_v1")
        reading.commit()
        switch(generations)


def test_it_is_not_switched_before_it_is_as_far(house: Ledger) -> None:
    with house.built() as generations:
        house.journal.happened(ME, Noted(1, Decimal(1), "meanwhile"))
        house.project()
        with pytest.raises(Contended, match="not as far"):
            switch(generations)
        assert generations.standing(BUILDING) is not None
        assert not generations.level(BUILDING)


def test_while_it_is_held_projectors_wait_and_queries_do_not(house: Ledger) -> None:
    house.journal.happened(ME, Noted(1, Decimal(1), "meanwhile"))
    projecting = Thread(target=house.project)
    with house.built() as generations:
        with generations.held([0]) as held:
            projecting.start()
            projecting.join(0.3)
            assert projecting.is_alive()
            assert house.sql("SELECT count(*) FROM book_v1") == [(7,)]
            held.still()
        projecting.join(10)
        assert not projecting.is_alive()
        assert not generations.level(BUILDING)


def test_differences_are_named_by_keys_alone(house: Ledger) -> None:
    with house.built():
        house.sql(f"UPDATE {BUILDING}.book_line_v1 SET text = 'a secret' WHERE owner_id = %s AND ordinal = 0", ME)
        house.sql(f"DELETE FROM {BUILDING}.book_line_v1 WHERE owner_id = %s", YOU)
        house.sql(f"INSERT INTO {BUILDING}.book_line_v1 (owner_id, ordinal) VALUES (%s, 77)", ME)
        house.sql(f"UPDATE {BUILDING}.book_total_v1 SET lines = lines + 1 WHERE ordinal = 3")
        house.sql(f"UPDATE {BUILDING}.book_v1 SET lines = lines, more = more || '{{}}'")
        house.sql(f"UPDATE {BUILDING}.book_line_v1 SET amount = amount + 0.000")

        found = house.compared()

    assert not found.equal
    assert "secret" not in str(found)
    by_table = {each.table: each for each in found.differences}
    assert by_table.keys() == {"book_line_v1", "book_total_v1"}
    lost = [key for key in house.store.rows()["book_line_v1"] if key[0] == YOU]
    assert by_table["book_line_v1"].rows == 2 + len(lost)
    assert by_table["book_line_v1"].first[:2] == [
        {"owner_id": ME, "ordinal": 0, "is": "changed"},
        {"owner_id": ME, "ordinal": 77, "is": "added"},
    ]
    assert {each["is"] for each in by_table["book_line_v1"].first[2:]} == {"missing"}
    assert by_table["book_total_v1"].first == [{"ordinal": 3, "is": "changed"}]


def test_a_word_in_a_key_is_not_told(database: Callable[[], str]) -> None:
    url, guests = database(), Projection("guests", 1)
    guests.owned(
        "guest", "client_id", Column("place", Integer, primary_key=True), Column("name", Text, primary_key=True)
    )
    migrate(url, [guests])
    with Generations.claimed(url, guests) as generations, psycopg.connect(url, autocommit=True) as connection:
        generations.begin(BUILDING)
        connection.execute(f"INSERT INTO {BUILDING}.guest_v1 VALUES (%s, 3, 'Camille')".encode(), [ME])
        with Snapshot.taken(url, guests, BUILDING) as snapshot:
            list(snapshot.compared())

    [difference] = snapshot.result.differences
    assert difference.first == [{"client_id": ME, "place": 3, "is": "added"}]


def test_rows_of_parked_keys_are_not_compared(house: Ledger) -> None:
    house.journal.happened(ME, Cursed())
    house.journal.happened(ME, Raised(1, Decimal(1)))
    house.project()
    with house.built(park=True):
        house.sql(f"DELETE FROM {BUILDING}.dead_letters")
        house.sql(f"UPDATE {BUILDING}.book_line_v1 SET text = 'mended' WHERE owner_id = %s", ME)
        house.sql(f"UPDATE {BUILDING}.book_total_v1 SET amount = 0")

        found = house.compared()

    assert (found.equal, found.parked, found.left_out) == (True, 1, ["book_total_v1"])
    assert found.rows == sum(key[0] != ME for name in ("book_v1", "book_line_v1") for key in house.store.rows()[name])


def test_one_process_builds_at_a_time_and_anybody_may_cancel_it(house: Ledger) -> None:
    assert not cancel(house.url, ledger)
    with house.built() as generations, closing(SqlReadModels(generations.url(BUILDING))) as models:
        with pytest.raises(Busy), Generations.claimed(house.url, ledger):
            pass
        assert cancel(house.url, ledger)
        builder = Builder(ListSource(house.journal.records), house.journal.decode, models, ledger)
        with pytest.raises(Cancelled):
            builder.fill(ListSource(house.journal.records).ends())
        with pytest.raises(Contended):
            switch(generations)
        generations.begin(BUILDING)
        builder.fill(ListSource(house.journal.records).ends())
        switch(generations)


def test_what_nobody_serves_yet_is_switched_to_and_leaves_nothing_behind(database: Callable[[], str]) -> None:
    house = Ledger(database())
    with Generations.claimed(house.url, ledger) as generations:
        generations.begin(BUILDING)
        with closing(SqlReadModels(generations.url(BUILDING))) as models:
            run(house.journal, models, ledger)
        list(generations.finish(BUILDING))
        assert not generations.level(BUILDING)
        switch(generations)
        assert [generations.standing(each) for each in Beside] == [None, None]
        assert generations.serving().begun
    assert len(house.store.rows()["book_v1"]) == 7


def test_who_waits_is_not_told_of_what_does_not_serve(house: Ledger) -> None:
    with psycopg.connect(house.url, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        with (
            Generations.claimed(house.url, ledger) as generations,
            closing(SqlReadModels(generations.url(BUILDING), "elsewhere")) as models,
        ):
            generations.begin(BUILDING)
            run(house.journal, models, ledger)
        assert list(listening.notifies(timeout=0.1)) == []
