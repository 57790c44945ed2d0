"""What real processes say: one id and one trace from the request to what became of it, a line for each request, nothing
personal."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from projections.client_card import client_card
from tests.support.kafka import header, read_all
from tests.support.processes import processes, until

CANARIES = ("Canarini", "Zuleika", "canary", "612345678", "Rossignol")


def test_one_id_leads_from_the_request_to_the_parked_event_and_nothing_personal_is_said(
    kafka: str, database: Callable[[], str], tmp_path: Path
) -> None:
    given, trace = uuid4(), "0af7651916cd43dd8448eb211c80319c"
    followed = {"traceparent": f"00-{trace}-b7ad6b7169203331-01", "tracestate": "vendor=Canarini"}
    with (
        processes(kafka, database, tmp_path, CARNET_LOG_LEVEL="debug") as found,
        found.running.client() as associate,
    ):
        ids = register(associate, 3)
        for id, value in zip(
            ids, ["sound@canary.example", "handler@canary.example", "database@canary.example"], strict=True
        ):
            headers = {"Carnet-Request-Id": str(given), **followed} if "handler" in value else {}
            added = associate.post(
                f"/clients/{id}/contact-points", json={"kind": "email", "value": value}, headers=headers
            )
            assert added.status_code == 201, added.text
        made = associate.post(f"/clients/{ids[0]}/contact-points", json={"kind": "phone", "value": "+33612345678"})
        assert fail(associate, ids[0]) == [500, 422, 422, 400, 404, 422]
        dead_letters = found.running.house.dead_letters
        until(lambda: len(dead_letters.parked(client_card)) == 2, "two keys parked", found)
        found.stop()
        messages = {header(each, "ce_id"): each for each in read_all(kafka, found.topics.events)}

    written = found.written().lower()
    assert [canary for canary in CANARIES if canary.lower() in written] == []
    assert [str(id) for id in ids if f"/{id}" in written] == []

    requests = [line for line in found.lines("api") if line["event"] == "request"]
    (request,) = [line for line in requests if line["correlation_id"] == str(given)]
    assert (request["route"], request["method"], request["status"]) == (
        "/clients/{client_id}/contact-points",
        "POST",
        201,
    )
    assert 0 < request["seconds"] < 30
    parked = {line["reason"]: line for line in found.lines("project") if line["event"] == "event parked"}
    assert set(parked) == {"handler", "database"}
    assert parked["handler"]["correlation_id"] == str(given)
    assert request["trace_id"] == parked["handler"]["trace_id"] == trace
    message = messages[parked["handler"]["event_id"]]
    assert header(message, "ce_correlationid") == str(given)
    meta = json.loads(message.value)["meta"]
    assert (meta["correlation_id"], meta["command_id"]) == (str(given), request["command_id"])
    assert meta["traceparent"] == header(message, "ce_traceparent")
    version, *step, flags = meta["traceparent"].split("-")
    assert (version, step[0], flags) == ("00", trace, "01")
    assert step[1] not in followed["traceparent"]
    for name, event in (("relay", "relayed"), ("project", "projected")):
        batches = [line for line in found.lines(name) if line["event"] == event]
        (batch,) = [line for line in batches if trace in line["trace_ids"]]
        assert batch["first"] <= parked["handler"]["position"] <= batch["last"]
        assert {line["trace_id"] for line in requests if line["status"] == 201} == {
            each for line in batches for each in line["trace_ids"]
        }
    assert (parked["handler"]["position"], parked["handler"]["stream_id"]) == (
        int(header(message, "ce_sequence")),
        str(ids[1]),
    )

    assert made.headers["Carnet-Request-Id"] in {line["correlation_id"] for line in requests}
    (failed,) = [line for line in found.lines("api") if line["event"] == "request failed"]
    assert failed["error"] == "InvalidTextRepresentation"
    assert {"correlation_id", "command_id", "where"} <= set(failed)
    assert all("position" in line for line in found.lines("relay") if line["event"].startswith("relay "))
    assert all(line["process"] == name for name in ("api", "relay", "project") for line in found.lines(name))
    assert {line["route"] for line in requests if line["status"] == 404} == {"unmatched"}


def register(associate: httpx.Client, count: int) -> list[UUID]:
    name = {"given": "Zuleika", "family": "Canarini"}
    return [UUID(associate.post("/clients", json={"name": name}).json()["id"]) for _ in range(count)]


def fail(associate: httpx.Client, client: UUID) -> list[int]:
    """The statuses of requests that all fail, each with something personal in it."""
    place = f"/clients/{client}/contact-points"
    return [
        associate.post(place, json={"kind": "email", "value": "append@canary.example"}).status_code,
        associate.post(place, json={"kind": "email", "value": "canary at example"}).status_code,
        associate.post("/clients", json={"name": {"family": "Rossignol", "Canarini": 1}}).status_code,
        associate.post("/clients", content=b'{"name": {"family": "Rossignol"', headers=JSON).status_code,
        associate.get("/Canarini/Zuleika?name=Rossignol").status_code,
        associate.get("/clients/Canarini").status_code,
    ]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("level", "told"), [("info", True), ("warning", False)])
def test_the_line_of_each_request_can_be_left_out(
    database: Callable[[], str], tmp_path: Path, level: str, told: bool, kafka: str
) -> None:
    with (
        processes(kafka, database, tmp_path, CARNET_LOG_LEVEL=level) as found,
        found.running.client() as associate,
    ):
        assert associate.get(f"/clients/{uuid4()}").status_code == 404
        found.stop()
    assert any(line["event"] == "request" for line in found.lines("api")) == told
