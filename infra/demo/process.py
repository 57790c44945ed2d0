"""`carnet demo`: the example house on this machine, loaded, running, and explained."""

import json
import shutil
import time
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg
import typer

from domain.access import Caller, Role
from infra.broker.topics import TopicAdmin
from infra.demo.house import STORES
from infra.demo.load import load
from infra.demo.yesterday import tell_yesterday
from infra.embedded.kafka import EmbeddedKafka
from infra.keys.secrets import Secrets
from infra.processes.supervise import ProcessEnded, Processes, taken
from infra.settings import Settings
from infra.status import read_status
from infra.web.caller import issue
from infra.wiring import House, house, now, request
from infra.work import progress_bar, work_in_batches
from projections.client_card import card
from projections.family import side
from projections.purchase_history import line, sale

READY_SECONDS: Final = 60.0

# Somebody with a name that is worth misspelling and a family, who brought something back.
_SOMEBODY: Final = f"""
    SELECT c.client_id, c.given, c.family FROM {card.name} AS c
    JOIN {sale.name} AS s USING (client_id) JOIN {line.name} AS l USING (sale_id)
    WHERE c.family ~ '^[A-Za-z]{{6,}}$' AND c.given ~ '^[A-Za-z]{{4,}}$' AND NOT c.died
    GROUP BY c.client_id ORDER BY
        (SELECT count(*) > 2 FROM {side.name} WHERE person_id = c.client_id AND until IS NULL) DESC,
        sum(l.returned_quantity) > 0 DESC, count(*) DESC, c.client_id
    LIMIT 1
"""  # noqa: S608 - the names of our own tables


def demonstrate(clients: int, seed: int, *, kafka: bool, feed: bool = False) -> int:
    """Runs until interrupted; returns the exit status. With `feed`, tills tell what they sold yesterday.

    With Kafka the house has a directory of its own: read models made from the log and from Kafka do not mix.
    """
    settings = Settings()
    if taken(settings.host, settings.port):
        # Whatever answers there would be taken for this house.
        there = f"{settings.host}:{settings.port}"
        typer.echo(f"carnet demo: something listens at {there} already; CARNET_PORT names another port", err=True)
        return 1
    with ExitStack() as stack:
        if kafka:
            home = settings.home / "kafka"
            broker = EmbeddedKafka.start(home / "broker")
            stack.callback(broker.stop)
            # The same secrets: `carnet token` need not know which of the two houses runs.
            secrets = settings.secrets or settings.home / "secrets"
            settings = settings.model_copy(update={"home": home, "secrets": secrets, "kafka": broker.bootstrap})
        opened = stack.enter_context(house(settings))
        _load(opened, clients, seed)
        processes = Processes(_environment(opened), settings.home / "logs")
        stack.callback(processes.stop)
        try:
            _start(opened, processes, feed=feed)
            processes.wait_ready(settings.host, settings.port, READY_SECONDS)
            _catch_up(opened, processes)
            typer.echo(_what_to_try(opened))
            if feed:
                typer.echo(_what_tills_told(opened, seed))
            processes.watch(lambda name: typer.echo(f"{name} was killed and is started again."))
        except (ProcessEnded, TimeoutError) as ended:
            typer.echo(f"carnet demo: {ended}", err=True)
            return 1
    typer.echo("Stopped. The data is kept.")
    return 0


def _environment(opened: House) -> dict[str, str]:
    """What makes every process belong to this very house."""
    settings = opened.settings
    return {
        "CARNET_DATABASE_URL": opened.databases.log,
        "CARNET_KEYS_URL": opened.databases.keys,
        "CARNET_READ_URL": opened.databases.read,
        "CARNET_HOME": str(settings.home.resolve()),
        "CARNET_SECRETS": str((settings.secrets or settings.home / "secrets").resolve()),
        **({"CARNET_KAFKA": settings.kafka} if settings.kafka else {}),
    }


def _start(opened: House, processes: Processes, *, feed: bool) -> None:
    if kafka := opened.settings.kafka:
        with closing(TopicAdmin(kafka)) as admin:
            admin.create(opened.topics)
        processes.start("relay", ["relay"])
        for member in ("project-1", "project-2"):
            processes.start(member, ["project"], {"CARNET_KAFKA_MEMBER": member})
    else:
        processes.start("project", ["project"])
    if feed:
        if kafka:
            with closing(TopicAdmin(kafka)) as admin:
                admin.create_feeds(opened.topics, opened.intakes, opened.settings.feed_partitions)
        processes.start("feed", ["feed"])
    processes.start("api", ["api"])


def _what_tills_told(opened: House, seed: int) -> str:
    told = tell_yesterday(opened, seed)
    return f"""
{told} One of them is of a store that the house does not know: what it told waits.

  {_beside(opened.settings)}{_carnet()} feed parked
"""


def demo_token(role: Role, hours: float) -> str:
    """A token for somebody of the example house who has this role, signed with this house's own key."""
    settings = Settings()
    secrets = Secrets.open(settings.secrets or settings.home / "secrets")
    return issue(
        secrets.signing_key,
        _person(role),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        now=now(),
        valid=timedelta(hours=hours),
    )


def _person(role: Role) -> Caller:
    """Associates and managers belong to the first store of the house."""
    store = STORES[0]
    match role:
        case Role.ASSOCIATE:
            return Caller(store.associate(1), role, store.id)
        case Role.MANAGER:
            return Caller(store.manager, role, store.id)
        case Role.HEAD_OFFICE | Role.AUDITOR | Role.SUBSCRIBER | Role.POINT_OF_SALE | Role.ADMINISTRATOR:
            return Caller(role.value, role)


def _load(opened: House, clients: int, seed: int) -> None:
    """Loads the example house, unless just this one was loaded to the end before."""
    loaded = opened.settings.home / "demo.json"
    wanted = {"incarnation": str(opened.log.incarnation), "clients": clients, "seed": seed}
    if loaded.exists() and json.loads(loaded.read_text()) == wanted:
        return
    with progress_bar("Loading the example house") as told, work_in_batches():
        load(opened.ports, lambda: request(Caller("demo", Role.HEAD_OFFICE)), clients, seed, told)
    loaded.write_text(json.dumps(wanted))


def _catch_up(opened: House, processes: Processes) -> None:
    """Waits until every read model knows what the log knows now."""
    with progress_bar("Filling the read models") as told:
        end = read_status(opened).end
        while True:
            processes.check()
            position = min(each.position for each in read_status(opened).projections)
            told(min(position, end), end)
            if position >= end:
                return
            time.sleep(0.1)


def _what_to_try(opened: House) -> str:
    settings = opened.settings
    address = f"http://{settings.host}:{settings.port}"
    carnet = _carnet()
    with psycopg.connect(opened.databases.read) as connection:
        client_id, given, family = connection.execute(_SOMEBODY).fetchone() or ("{client_id}", "Anna", "Rossini")
    misspelt = f"{given} {family[:2]}{family[3:]}"
    associate = _person(Role.ASSOCIATE).id
    beside = _beside(settings)
    events = f"\n  {beside}{carnet} events --limit 5" if settings.kafka else ""
    return f"""
Carnet is ready at {address}; its API is described at {address}/docs

A token for each role:

  TOKEN=$({carnet} token --role associate)
  AUDIT=$({carnet} token --role auditor)       # also: manager, head-office

Things to try:

  Find {given} {family} with a letter missing:
  curl -s {address}/clients/search -H "Authorization: Bearer $TOKEN" \\
       -H 'Content-Type: application/json' -d '{{"name": "{misspelt}"}}'

  All that is known of her, her family first of all; and the days to think of in the next three months:
  curl -s {address}/clients/{client_id} -H "Authorization: Bearer $TOKEN"
  curl -s {address}/clients/{client_id}/occasions -H "Authorization: Bearer $TOKEN"

  The book of {associate}:
  curl -s {address}/associates/{associate}/book -H "Authorization: Bearer $TOKEN"

  What she bought, net of what came back:
  curl -s {address}/clients/{client_id}/purchases -H "Authorization: Bearer $TOKEN"

  Everything that ever happened to her data, for the auditor:
  curl -s {address}/clients/{client_id}/history -H "Authorization: Bearer $AUDIT"

How far everything is{", and what is on the topic" if settings.kafka else ""}:

  {beside}{carnet} status{events}
  {address}/status

Ctrl-C stops everything; the data is kept."""


def _carnet() -> str:
    return "carnet" if shutil.which("carnet") else str(Path(".venv/bin/carnet"))


def _beside(settings: Settings) -> str:
    """What a command beside this one needs so as to speak of the same house."""
    if not settings.kafka:
        return ""
    return f"CARNET_HOME={settings.home} CARNET_SECRETS={settings.secrets} CARNET_KAFKA={settings.kafka} "
