"""How the answer to a command about many clients says what it left alone."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from domain import left_alone


class LeftAlone(BaseModel):
    """Clients who stayed as they were."""

    code: Annotated[str, Field(description="Why, by the code of the refusal.")]
    clients: int


def told(left: Iterable[left_alone.LeftAlone]) -> list[dict[str, Any]]:
    return [{"code": each.code, "clients": each.clients} for each in left]
