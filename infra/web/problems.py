"""What is said when something is refused or fails: RFC 9457 problems, and the one table from refusals to statuses."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import orjson
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from domain import refusals
from domain.refusals import Refusal

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[dict[type[Refusal], int]] = {
    refusals.NotAllowed: 403,
    refusals.DayInvalid: 422,
    refusals.ClientUnknown: 404,
    refusals.ClientDiffers: 409,
    refusals.ClientInvalid: 422,
    refusals.ClientHasDied: 409,
    refusals.ContactPointUnknown: 404,
    refusals.AddressUnknown: 404,
    refusals.NameUnknown: 404,
    refusals.DateUnknown: 404,
    refusals.TraitUnknown: 404,
    refusals.SaleUnknown: 404,
    refusals.SaleDiffers: 409,
    refusals.SaleInvalid: 422,
    refusals.ReturnExceedsSale: 409,
    refusals.ReturnDiffers: 409,
    refusals.OrderExceeded: 409,
    refusals.OrderDiffers: 409,
    refusals.CorrectionContradicts: 409,
    refusals.MarkUnknown: 404,
    refusals.MarkDiffers: 409,
    refusals.MarkInvalid: 422,
    refusals.MarksExceedLine: 409,
    refusals.GiftReceiptUnknown: 404,
    refusals.LinkUnknown: 404,
    refusals.LinkDiffers: 409,
    refusals.LinkInvalid: 422,
    refusals.RelationUnknown: 422,
    refusals.RelationKindTaken: 409,
    refusals.OrganizationUnknown: 404,
    refusals.OrganizationDiffers: 409,
    refusals.OrganizationInvalid: 422,
    refusals.OrganizationIsClosed: 409,
    refusals.MembershipUnknown: 404,
    refusals.MembershipInvalid: 422,
    refusals.MembershipOverlaps: 409,
    refusals.MembershipHasEnded: 409,
    refusals.NoteUnknown: 404,
    refusals.NoteInvalid: 422,
    refusals.NoteNotYours: 403,
    refusals.NoteIsWithdrawn: 409,
    refusals.RegionUnknown: 404,
    refusals.RegionDiffers: 409,
    refusals.StoreUnknown: 404,
    refusals.StoreDiffers: 409,
    refusals.StoreInvalid: 422,
    refusals.AssociateUnknown: 404,
    refusals.AssociateDiffers: 409,
    refusals.AssociateInvalid: 422,
    refusals.AffiliationUnknown: 404,
    refusals.AffiliationInvalid: 422,
    refusals.AffiliationOverlaps: 409,
    refusals.NotServing: 409,
    refusals.PrimaryTaken: 409,
    refusals.ReassignmentInvalid: 422,
    refusals.ItemUnknown: 404,
    refusals.ItemInvalid: 422,
    refusals.FeedUnknown: 404,
    refusals.MessageUnreadable: 422,
    refusals.CalendarEventUnknown: 404,
    refusals.CalendarEventDiffers: 409,
    refusals.CalendarEventInvalid: 422,
    refusals.CalendarEventIsCancelled: 409,
    refusals.PieceUnknown: 404,
    refusals.InvitationUnknown: 404,
    refusals.InvitationInvalid: 422,
    refusals.AlreadyOnList: 409,
    refusals.TakenOffBefore: 409,
    refusals.OutreachUnknown: 404,
    refusals.OutreachInvalid: 422,
    refusals.VisitUnknown: 404,
    refusals.VisitInvalid: 422,
    refusals.AppointmentUnknown: 404,
    refusals.AppointmentInvalid: 422,
    refusals.AppointmentIsCancelled: 409,
    refusals.TicklerUnknown: 404,
    refusals.TicklerInvalid: 422,
    refusals.TicklerHasEnded: 409,
    refusals.TicklerIsTaken: 409,
    refusals.TicklerRuleUnknown: 404,
    refusals.TicklerRuleInvalid: 422,
    refusals.FollowUpUnknown: 404,
    refusals.FollowUpInvalid: 422,
    refusals.AttributionInvalid: 422,
    refusals.VersionStale: 412,
    refusals.KeyReused: 422,
    refusals.PositionInvalid: 400,
    refusals.CursorInvalid: 400,
    refusals.TooBusy: 503,
    refusals.ReadModelBehind: 503,
}

MOST_ERRORS: Final = 100

# How long to wait, in seconds, before a refusal of this status is worth another try.
RETRY_AFTER: Final[dict[int, int]] = {503: 1}


class FieldProblem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, Field(description="The field as the caller wrote it, like `lines.0.quantity`.")]
    code: str
    detail: str


class Problem(BaseModel):
    """Why a request was not answered as asked (RFC 9457). `code` is stable; the texts are for people."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:carnet:problem:sale.return_exceeds",
                    "title": "More is returned than the sale has left",
                    "status": 409,
                    "detail": "Line 1 has 1 left to return.",
                    "code": "sale.return_exceeds",
                    "instance": "urn:uuid:0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21",
                    "field": "lines.0.quantity",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: Annotated[str | None, Field(description="The request's id, as in `Carnet-Request-Id`.")] = None
    field: Annotated[str | None, Field(description="The field, header or parameter at fault.")] = None
    errors: Annotated[list[FieldProblem] | None, Field(description="Every fault, if there may be several.")] = None


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    field: str | None = None,
    errors: Sequence[Mapping[str, str]] | None = None,
    instance: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that carries a problem; what is not known is left out."""
    said = {
        "type": f"urn:carnet:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": f"urn:uuid:{instance}" if instance else None,
        "field": field,
        "errors": errors,
    }
    body = orjson.dumps({name: value for name, value in said.items() if value is not None})
    retry = {"Retry-After": str(RETRY_AFTER[status])} if status in RETRY_AFTER else {}
    return Response(body, status, {**retry, **(headers or {})}, MEDIA_TYPE)


def refused(refusal: Refusal, instance: Any) -> Response:
    return problem(
        STATUS[type(refusal)], refusal.code, refusal.title, refusal.detail, field=refusal.field, instance=instance
    )


def invalid(faults: Sequence[Mapping[str, Any]], instance: Any) -> Response:
    """Faults of a request's form, as pydantic found them, without the values: those may be personal."""
    errors = [
        {"field": _field(fault["loc"]), "code": str(fault["type"]), "detail": _PLAIN.get(fault["type"], fault["msg"])}
        for fault in faults[:MOST_ERRORS]
    ]
    # A header is no content: RFC 9110 has 400 for it.
    status = 400 if all(fault["loc"][0] == "header" for fault in faults) else 422
    first = errors[0]
    return problem(
        status,
        "request.invalid",
        "The request is not as described",
        f"{first['field']}: {first['detail']}",
        field=first["field"],
        errors=errors,
        instance=instance,
    )


def answers(*refused_with: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """These refusals as OpenAPI declares them on a route, by status."""
    texts: dict[int | str, list[str]] = {}
    for refusal in refused_with:
        texts.setdefault(STATUS[refusal], []).append(f"{refusal.title} (`{refusal.code}`).")
    return {status: _declared(" ".join([*_COMMON.get(status, []), *more])) for status, more in texts.items()}


def _declared(description: str) -> dict[str, Any]:
    # The schema stands once, among the components: infra/web/app.py puts it there.
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


_COMMON: Final[dict[int | str, list[str]]] = {
    400: ["The request cannot be read, or a header is not as described."],
    401: ["No token, or none that is accepted here."],
    413: ["The body is larger than 1 MB."],
    415: ["The body is not JSON."],
    422: ["The request is not as described; `errors` names every field."],
    500: ["A fault of Carnet's own. Whether anything was recorded is not known: ask again with the same key."],
    503: ["Not now; try again after `Retry-After` seconds."],
}

# Every route that needs a token may answer with these.
COMMON: Final = {status: _declared(" ".join(texts)) for status, texts in _COMMON.items()}


def _field(loc: Sequence[str | int]) -> str:
    """Where a fault is, as the caller would say it; the name of a field nobody knows may be of any length."""
    return ".".join(str(part)[:100] for part in loc[1:]) or str(loc[0])


_PLAIN: Final = {
    "extra_forbidden": "There is no such field.",
    "missing": "This is required.",
    "string_pattern_mismatch": "This does not have the form that is described.",
    "too_long": "There are too many of these.",
    "too_short": "There are too few of these.",
    "uuid_parsing": "This is no UUID.",
}
