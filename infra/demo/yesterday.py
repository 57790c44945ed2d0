"""`carnet demo --feed`: a day at the tills of the example house, told to it as tills would."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlencode
from uuid import UUID

import psycopg

from domain.access import Caller, Role
from infra.broker.feed import send
from infra.demo.till import Said, day_of_sales
from infra.web.caller import issue
from infra.wiring import House, now
from projections.client_card import card

TELLS = Caller("demo-till", Role.POINT_OF_SALE)


def tell_yesterday(opened: House, seed: int) -> str:
    """Tells what was sold yesterday, and says what became of it, as far as that is known at once."""
    said = list(day_of_sales(seed, now().date() - timedelta(1), _clients(opened)))
    if kafka := opened.settings.kafka:
        topics = opened.topics
        send(kafka, [(topics.feed(each.format), each.store_id, each.body) for each in said])
        return f"{len(said)} messages of tills are on {topics.feed('*')}."
    became = _post(opened, said)
    return f"Tills posted {len(said)} messages: " + ", ".join(f"{many} {fate}" for fate, many in became.items()) + "."


def _clients(opened: House) -> Sequence[tuple[UUID, str]]:
    wanted = f"SELECT client_id, store_id FROM {card.name} WHERE is_client AND NOT died ORDER BY client_id LIMIT 500"  # noqa: S608
    with psycopg.connect(opened.databases.read) as connection:
        return [(id, store_id) for id, store_id in connection.execute(wanted.encode())]


def _post(opened: House, said: Iterable[Said]) -> Counter[str]:
    settings = opened.settings
    token = issue(
        opened.secrets.signing_key,
        TELLS,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        now=now(),
        valid=timedelta(hours=1),
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    became: Counter[str] = Counter()
    with closing(HTTPConnection(settings.host, settings.port, timeout=30)) as connection:
        for each in said:
            place = urlencode({"sender": each.store_id, "number": each.number})
            connection.request("POST", f"/feeds/point-of-sale/{each.format}?{place}", each.body, headers)
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != HTTPStatus.OK:
                raise ValueError(f"a till was refused: {body['detail']}")
            became.update({fate: body[fate] for fate in ("recorded", "unchanged", "declined")})
            became["parked"] += len(body["parked"])
    return became
