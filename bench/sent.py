"""One log, sent to Kafka again for everybody who is measured reading it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count

import psycopg
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from domain.catalog import CATALOG
from infra.broker.client import CLIENT, servers
from infra.broker.partition import partition_of
from infra.broker.position import Relayed
from infra.broker.publisher import Publisher
from infra.broker.records import outgoing_all
from infra.broker.topics import PARTITIONS, TopicAdmin, Topics
from infra.log.streams import record
from infra.sql import read_models
from infra.wiring import House
from projections.registry import PROJECTIONS


class Bench:
    """One log, sent to topics of its own for every run."""

    def __init__(self, house: House, events: int, new_database: Callable[[], str], bootstrap: str) -> None:
        self.house = house
        self.events = events
        self.bootstrap = bootstrap
        self._new_database = new_database
        self._numbers = count(1)
        self._digest: str | None = None
        rows = house.log.recorder.read_batch(0, events, sorted(CATALOG.internal))
        self._records = [record(row) for row in rows]
        ends = {partition_of(each.key, PARTITIONS): each.position for each in self._records}
        self.ends = sum(ends.values())

    def topics(self) -> Topics:
        topics = Topics(f"project{next(self._numbers)}")
        with closing(TopicAdmin(self.bootstrap)) as admin:
            admin.create(topics)
        return topics

    def read_models(self) -> str:
        url = self._new_database()
        read_models.migrate(url, PROJECTIONS)
        return url

    @contextmanager
    def sent(self, topics: Topics) -> Iterator[None]:
        """Everything but the commit is done on entering, the commit right before the context's own work."""
        nothing = Relayed(self.house.log.incarnation, 0, "", [0] * topics.partitions)
        with closing(Publisher(self.bootstrap, topics)) as publisher:
            publisher.open()
            publisher.publish(outgoing_all(self._records, nothing.incarnation), nothing)
            yield

    def end(self, url: str) -> None:
        """Fails unless these read models hold the same rows as all others so far, and drops them: else the server goes
        on tidying them up, while somebody else is measured."""
        with psycopg.connect(url) as connection:
            tables = [table.name for projection in PROJECTIONS for table in projection.tables]
            text = "SELECT md5(string_agg(md5(t::text), '' ORDER BY t::text COLLATE \"C\")) FROM {} AS t"
            digests = [connection.execute(text.format(table).encode()).fetchone() for table in tables]
        digest = str(dict(zip(tables, digests, strict=True)))
        assert self._digest in {None, digest}, f"other rows:\n{self._digest}\n{digest}"
        self._digest = digest
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            name = str(conninfo_to_dict(url)["dbname"])
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def assigned(self, name: str, members: int) -> bool:
        """Whether so many members of this group share all partitions."""
        with closing(KafkaAdminClient(bootstrap_servers=servers(self.bootstrap), **CLIENT)) as admin:
            found = admin.describe_groups([name])[name]["members"]
        taken = [each["member_assignment"]["assigned_partitions"] for each in found if each["member_assignment"]]
        shares = [len(each["partitions"]) for topics in taken for each in topics]
        return len(shares) == members and sum(shares) == PARTITIONS
