"""How the answer to a sale says what of its gifts was not recorded with it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from commands.fields import example
from commands.ports import Done
from commands.routes.desk import Changed


class NotMarked(BaseModel):
    """A gift that could not be marked. It can be marked by itself, as it should be."""

    code: Annotated[str, Field(description="Why, by the code of the refusal.")]
    field: Annotated[str | None, Field(description="What is wrong, by its place in the body: the line's first.")]
    detail: str


class SaleStands(Changed):
    """The sale stands, whatever was said of gifts."""

    model_config = example(
        id="7d3c2b1a-0f9e-5d8c-b7a6-95847362514f",
        version=1,
        not_marked=[
            {"code": "client.unknown", "field": "lines.0.gift.recipient_id", "detail": "There is nobody with this id."}
        ],
    )
    not_marked: list[NotMarked]


def sold(done: Done) -> dict[str, Any]:
    return {
        "not_marked": [{"code": each.code, "field": each.field, "detail": each.detail} for each in done.refused],
    }
