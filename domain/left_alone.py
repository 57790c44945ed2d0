"""What a command about many clients did not do."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """How many clients stayed as they were, and the code of the refusal that says why."""

    code: str
    clients: int


def counted(codes: Mapping[str, int]) -> tuple[LeftAlone, ...]:
    return tuple(LeftAlone(code, clients) for code, clients in sorted(codes.items()))
