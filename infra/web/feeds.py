"""Where points of sale post what they recorded, each in a format of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

import fastapi
import orjson
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel

from commands.feed import record_fed
from commands.fields import Code
from commands.ports import Offset, OffsetTaken, Ports, Request
from commands.routes.desk import Desk
from consumers.feeds import till_mapping
from consumers.point_of_sale import Fate, Intake, Message, Record, Told
from domain.access import Caller, Right, require
from domain.refusals import FeedUnknown, MessageUnreadable, NotAllowed, TooBusy
from infra.web.failures import Fault, fault, is_json

MOST_NUMBER: Final = 2**62


class ParkedReceipt(BaseModel):
    """A receipt or item that could not be taken, and is kept until it can be or somebody has looked."""

    number: str
    reason: str
    detail: str
    field: str | None = None


class Taken(BaseModel):
    """What became of the receipts and items of a message: how many were news, were known, and are none by the format's
    own rules; and those that wait."""

    recorded: int
    unchanged: int
    declined: int
    parked: list[ParkedReceipt]


Run = Callable[[Callable[[], list[Told]]], Awaitable[list[Told]]]


def routes(desk: Desk, intakes: Mapping[str, Intake], run: Run) -> APIRouter:
    router = APIRouter(tags=["feeds"])
    ports = desk.ports

    @router.post(
        "/feeds/point-of-sale/{format}",
        summary="Tell what a point of sale recorded",
        response_model=Taken,
        response_description="All of it is recorded, known, or kept to be recorded later.",
        responses=desk.answers(NotAllowed, TooBusy, FeedUnknown, MessageUnreadable),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "additionalProperties": True},
                        "examples": {format: {"value": _example(format)} for format in till_mapping.shipped()},
                    }
                },
            }
        },
    )
    async def tell_sales(
        http: fastapi.Request,
        format: Annotated[Code, Path(description="The format of the message: " + ", ".join(sorted(intakes)) + ".")],
        who: Annotated[Caller, Depends(desk.caller)],
        sender: Annotated[
            Code | None, Query(description="Who counts the messages by `number`, like a till or a gateway.")
        ] = None,
        number: Annotated[
            int,
            Query(ge=0, lt=MOST_NUMBER, description="Which one of the sender's messages this is; send one by one."),
        ] = 0,
    ) -> Response:
        require(who, Right.FEED)
        if (intake := intakes.get(format)) is None:
            raise FeedUnknown("There is no such format here.", "format")
        if not is_json(http):
            return fault(Fault.NOT_JSON, http.state.request_id)
        body = await http.body()
        offset = None if sender is None else Offset(f"http/{format}/{who.id}/{sender}", number + 1)
        request = Request(who, http.state.request_id, ports.new_id(), trace=http.state.trace)
        told = await run(lambda: _take(intake, Message(body, offset), ports, request))
        return Response(orjson.dumps(_answer(told)), 200, media_type="application/json")

    return router


def _example(format: str) -> Any:
    return orjson.loads((till_mapping.SHIPPED / f"{format}.json").read_bytes())


def _take(intake: Intake, message: Message, ports: Ports, request: Request) -> list[Told]:
    try:
        return intake.take_one(message, _record(ports, request))
    except OffsetTaken:
        # Most often the same again. Should it be one that was overtaken, its receipts are taken all the same.
        return intake.take_overtaken(message, _record(ports, request))


def _record(ports: Ports, request: Request) -> Record:
    return lambda fed, trusted, put_aside, offset: record_fed(
        fed, trusted, put_aside, ports, replace(request, offset=offset)
    )


def _answer(told: list[Told]) -> dict[str, Any]:
    def many(fate: Fate) -> int:
        return sum(each.fate is fate for each in told)

    return {
        "recorded": many(Fate.RECORDED),
        "unchanged": many(Fate.UNCHANGED),
        "declined": many(Fate.DECLINED),
        "parked": [
            {"number": each.number, "reason": each.reason, "detail": each.detail, "field": each.field}
            for each in told
            if each.fate is Fate.PARKED
        ],
    }
