"""The web application, put together from what the wiring gives it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import Lifespan

from commands.ports import Done, OpenReceipt, Ports
from commands.routes import affiliation as affiliation_commands
from commands.routes import assortment as assortment_commands
from commands.routes import attribution as attribution_commands
from commands.routes import calendar_event as calendar_event_commands
from commands.routes import client as client_commands
from commands.routes import contact as contact_commands
from commands.routes import fulfilment as fulfilment_commands
from commands.routes import gift as gift_commands
from commands.routes import gift_receipt as gift_receipt_commands
from commands.routes import house as house_commands
from commands.routes import invitation as invitation_commands
from commands.routes import link as link_commands
from commands.routes import note as note_commands
from commands.routes import organization as organization_commands
from commands.routes import person as person_commands
from commands.routes import sale as sale_commands
from commands.routes import tickler as tickler_commands
from commands.routes import tickler_rule as tickler_rule_commands
from commands.routes.desk import Desk
from consumers.point_of_sale import Intake
from domain.refusals import GiftReceiptUnknown
from domain.sale.gift_code import CONTEXT, GiftReceipt, from_content
from infra.metrics import ANSWERS_REPEATED, COMMANDS_WAITING, EVENTS_APPENDED
from infra.web import feeds, operations
from infra.web.caller import Bearer, Tokens
from infra.web.envelope import Envelope
from infra.web.failures import HANDLERS
from infra.web.operations import Readiness
from infra.web.position import Positions
from infra.web.problems import COMMON, Problem, answers
from infra.web.status import Board
from queries.ports import Reading, Seal
from queries.routes import affiliation as affiliation_queries
from queries.routes import calendar_event as calendar_event_queries
from queries.routes import client as client_queries
from queries.routes import contact as contact_queries
from queries.routes import family as family_queries
from queries.routes import gift as gift_queries
from queries.routes import house as house_queries
from queries.routes import invitation as invitation_queries
from queries.routes import note as note_queries
from queries.routes import organization as organization_queries
from queries.routes import purchases as purchase_queries
from queries.routes import sale as sale_queries
from queries.routes import sell_through as sell_through_queries
from queries.routes import tickler as tickler_queries
from queries.routes import till as till_queries
from queries.routes.shelf import Shelf

TITLE: Final = "Carnet"
_DESCRIPTION: Final = """
The client book of a luxury house: commands record facts about clients and sales, queries answer from read models.

Send `Authorization: Bearer <token>`; `carnet token --role associate` prints one. A command sent again with the same
`Idempotency-Key` has the first answer. A query sent with a command's `Carnet-Position` waits until it knows of it.
Everything refused is a problem (RFC 9457) with a stable `code`.
"""


@dataclass(frozen=True, slots=True)
class Web:
    """What the application is given.

    `ports` are for commands, `reading` is for queries; `receipts_key` is the key of the fingerprints in receipts;
    `log_connections` says how many commands run at once; what has to be started and stopped is up to `lifespan`;
    `intakes` take in what points of sale tell, by format.
    """

    ports: Ports
    reading: Reading
    tokens: Tokens
    positions: Positions
    receipts_key: bytes
    log_connections: int
    ready: Callable[[], Awaitable[Readiness]]
    board: Board
    lifespan: Lifespan[FastAPI] | None = None
    intakes: Mapping[str, Intake] = field(default_factory=dict)


def create_app(web: Web, version: str = "0.1.0") -> FastAPI:
    """The application. It answers everything but a broken connection, faults of its own included, with a problem."""
    app = FastAPI(
        title=TITLE,
        description=_DESCRIPTION,
        version=version,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        # It would send bodies and error texts to whoever the environment names.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        generate_unique_id_function=lambda route: route.name,
        exception_handlers=HANDLERS,
        middleware=[Middleware(Envelope, new_id=web.ports.new_id)],
        lifespan=web.lifespan,
        openapi_tags=[
            {"name": "clients", "description": "Who they are, how they are reached, and what they bought."},
            {"name": "sales", "description": "What was sold and what came back."},
            {"name": "gifts", "description": "What is given, by whom and to whom, and when it is no surprise."},
            {"name": "feeds", "description": "What other systems tell, in formats of their own."},
            {"name": "house", "description": "Its stores, its associates and their books."},
            {"name": "family", "description": "Who is linked to whom, and the occasions that follow from it."},
            {"name": "organizations", "description": "What clients belong to or are interested in."},
            {"name": "calendar", "description": "What clients are invited to, who comes, and what it sells."},
            {"name": "contacts", "description": "Outreach, visits and appointments."},
            {"name": "ticklers", "description": "Whom to think of, when and why, and what was done about it."},
            {"name": "notes", "description": "What associates wrote down about clients, each for its readers."},
        ],
    )
    caller = Bearer(web.tokens)
    limiter = CapacityLimiter(web.log_connections)
    desk = Desk(
        web.ports,
        caller,
        _in_threads(limiter),
        lambda done: web.positions.token(done.stream.key, done.position),
        web.receipts_key,
        answers,
        _opening(web.reading.seal),
    )
    shelf = Shelf(web.reading, caller, answers, web.ports.policy, web.ports.clock)
    # Routes are tried in this order, and a house reads far more often than it writes.
    for noun in (
        client_queries,
        purchase_queries,
        sale_queries,
        till_queries,
        gift_queries,
        family_queries,
        organization_queries,
        invitation_queries,
        tickler_queries,
        calendar_event_queries,
        sell_through_queries,
        note_queries,
        contact_queries,
        affiliation_queries,
        house_queries,
    ):
        app.include_router(noun.routes(shelf), responses=COMMON)
    for noun in (
        client_commands,
        person_commands,
        sale_commands,
        fulfilment_commands,
        attribution_commands,
        gift_commands,
        gift_receipt_commands,
        link_commands,
        organization_commands,
        invitation_commands,
        tickler_commands,
        tickler_rule_commands,
        calendar_event_commands,
        assortment_commands,
        note_commands,
        contact_commands,
        affiliation_commands,
        house_commands,
    ):
        app.include_router(noun.routes(desk), responses=COMMON)
    app.include_router(
        feeds.routes(desk, web.intakes, lambda take: anyio.to_thread.run_sync(take, limiter=limiter)),
        responses=COMMON,
    )
    app.include_router(operations.routes(web.ready, web.board, TITLE))
    _declare(app)
    return app


def _in_threads(limiter: CapacityLimiter) -> Callable[[Callable[[], Done]], Awaitable[Done]]:
    """Runs commands in threads, as many at once as there are connections to the log; the others wait in order."""
    COMMANDS_WAITING.set_function(lambda: limiter.statistics().tasks_waiting)

    async def run(command: Callable[[], Done]) -> Done:
        done = await anyio.to_thread.run_sync(command, limiter=limiter)
        EVENTS_APPENDED.inc(len(done.events))
        ANSWERS_REPEATED.inc(done.repeated)
        return done

    return run


def _opening(seal: Seal) -> OpenReceipt:
    """Opens what the read side sealed: commands do not know queries."""

    def opened(token: str) -> GiftReceipt:
        try:
            return from_content(seal.open(token, CONTEXT))
        except ValueError:
            raise GiftReceiptUnknown("This was not given out here.", "receipt") from None

    return opened


def _declare(app: FastAPI) -> None:
    """Adds to OpenAPI what no route declares: the schema of problems, once."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        if "Problem" not in document["components"]["schemas"]:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            document["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it
