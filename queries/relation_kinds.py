"""Which kinds of links are there?"""

from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.relation import HOUSE, Circle
from projections.family import relation_kind
from queries import visibility
from queries.ports import Json, example
from queries.sql import read


class RelationKind(BaseModel):
    """A kind of link, with the words for each side; where both are called the same, the words are the same."""

    code: str
    circle: Circle
    words: Annotated[list[str], Field(description="For one side, the general one first.")]
    reverse_words: Annotated[list[str], Field(description="For the other side.")]
    own: Annotated[bool, Field(description="Whether it was added to those every house has.")]


class RelationKinds(BaseModel):
    """Every kind of link: those every house has, then those added to them."""

    model_config = example(
        items=[
            {
                "code": "parent-child",
                "circle": "family",
                "words": ["parent", "mother", "father"],
                "reverse_words": ["child", "daughter", "son"],
                "own": False,
            }
        ]
    )
    items: list[RelationKind]


_KINDS: Final = select(relation_kind).order_by(relation_kind.c.code)


async def relation_kinds(engine: AsyncEngine, caller: Viewer) -> Json:
    """Every kind of link, for who may read clients."""
    visibility.parameters(caller)
    added = await read(engine, _KINDS, {})
    every_house = [
        {"code": kind.code, "circle": kind.circle, "words": kind.one, "reverse_words": kind.other, "own": False}
        for kind in HOUSE
    ]
    own = [
        {
            "code": row.code,
            "circle": row.circle,
            "words": row.words,
            "reverse_words": row.reverse_words,
            "own": True,
        }
        for row in added
    ]
    return {"items": [*every_house, *own]}
