"""How far something of the house reaches: everywhere, one region, or one store."""

from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import Refusal


class Reach(StrEnum):
    NATIONAL = "national"
    REGIONAL = "regional"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Scope:
    """How far something reaches; the region or the store is named where it is one."""

    reach: Reach
    region_id: str | None = None
    store_id: str | None = None


def require_named(scope: Scope, refusal: type[Refusal]) -> None:
    """A scope names the region or the store that it reaches, and nothing else; with `refusal` refuses another."""
    named = {Reach.REGIONAL: "region_id", Reach.STORE: "store_id"}
    for reach, field in named.items():
        if scope.reach is reach and getattr(scope, field) is None:
            raise refusal(f"What is {reach} says of which {field.removesuffix('_id')}.", f"scope.{field}")
        if scope.reach is not reach and getattr(scope, field) is not None:
            raise refusal(f"What is {scope.reach} has no {field.removesuffix('_id')}.", f"scope.{field}")
