"""What people are to each other: the kinds of links between two people, the house's own and those a retailer adds.

A kind has words for each of its two sides, and no two kinds share a word: so a word alone says which kind is meant, and
on which side the person stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.refusals import RelationKindTaken, RelationUnknown

# ---------------------------------------------------------------------------------------------------------------- facts


class Circle(StrEnum):
    """How close a kind of link is: what the policies about occasions go by."""

    PARTNER = "partner"
    FAMILY = "family"
    FRIEND = "friend"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class RelationKind:
    """The words for each side, the general one first: `parent`, `mother`, `father` of a `child`, `daughter`, `son`.

    Where both sides are called the same, as friends are, `one` equals `other`.
    """

    circle: Circle
    one: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def code(self) -> str:
        """What links of this kind are named by, for ever."""
        return self.one[0] if self.one == self.other else f"{self.one[0]}-{self.other[0]}"


class Tie(NamedTuple):
    """A kind of link as two people stand in it: what the other is to the client, and the client to the other."""

    kind: RelationKind
    other_is: str
    client_is: str


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class RelationKindAdded:
    circle: Circle
    one: tuple[str, ...]
    other: tuple[str, ...]


Event: TypeAlias = RelationKindAdded

# ---------------------------------------------------------------------------------------------------------------- state


def after(events: Iterable[object]) -> tuple[RelationKind, ...]:
    """Every kind there is: the house's own, and those added to them."""
    added = (event for event in events if isinstance(event, RelationKindAdded))
    return (*HOUSE, *(RelationKind(event.circle, event.one, event.other) for event in added))


# ------------------------------------------------------------------------------------------------------------ decisions

RELATION_KINDS: Final = UUID("0d3f2a52-6f0b-5f7e-8f0a-7a1d4f8f6c35")
"""The one stream of the kinds that were added."""


def add(now: tuple[RelationKind, ...], kind: RelationKind) -> list[Event]:
    """Adds a kind; refuses with `RelationKindTaken` words that mean another kind already."""
    if kind in now:
        return []
    taken = {word for known in now for word in (*known.one, *known.other)}
    for field, words in (("words", kind.one), ("reverse_words", kind.other)):
        if taken.intersection(words):
            raise RelationKindTaken("One of these words belongs to another kind of link.", field)
    if kind.one != kind.other and set(kind.one) & set(kind.other):
        raise RelationKindTaken("A word means one side, or both sides are called the same.", "reverse_words")
    return [RelationKindAdded(kind.circle, kind.one, kind.other)]


def tie(kinds: Iterable[RelationKind], relation: str, reverse: str | None) -> Tie:
    """What two people are to each other, by the word for the other one and perhaps the word for the client herself.

    Refuses with `RelationUnknown` a word that no kind has, or one that does not face the other.
    """
    for kind in kinds:
        for here, there in ((kind.other, kind.one), (kind.one, kind.other)):
            if relation in here:
                if reverse is not None and reverse not in there:
                    raise RelationUnknown("Nobody is this to somebody who is that to her.", "reverse")
                return Tie(kind, relation, reverse or there[0])
    raise RelationUnknown("There is no such relation among the kinds of links of this house.", "relation")


# ------------------------------------------------------------------------------------------------------------- the list


def _both(circle: Circle, *words: str) -> RelationKind:
    return RelationKind(circle, words, words)


PARENTS: Final = ("parent", "mother", "father")
CHILDREN: Final = ("child", "daughter", "son")

HOUSE: Final = (
    _both(Circle.PARTNER, "spouse", "wife", "husband"),
    _both(Circle.PARTNER, "partner", "girlfriend", "boyfriend"),
    _both(Circle.PARTNER, "betrothed", "fiancée", "fiancé"),
    RelationKind(Circle.FAMILY, PARENTS, CHILDREN),
    RelationKind(Circle.FAMILY, ("stepparent", "stepmother", "stepfather"), ("stepchild", "stepdaughter", "stepson")),
    RelationKind(
        Circle.FAMILY,
        ("parent-in-law", "mother-in-law", "father-in-law"),
        ("child-in-law", "daughter-in-law", "son-in-law"),
    ),
    RelationKind(
        Circle.FAMILY, ("grandparent", "grandmother", "grandfather"), ("grandchild", "granddaughter", "grandson")
    ),
    RelationKind(Circle.FAMILY, ("godparent", "godmother", "godfather"), ("godchild", "goddaughter", "godson")),
    RelationKind(Circle.FAMILY, ("parent's sibling", "aunt", "uncle"), ("sibling's child", "niece", "nephew")),
    RelationKind(Circle.FAMILY, ("guardian",), ("ward",)),
    _both(Circle.FAMILY, "sibling", "sister", "brother"),
    _both(Circle.FAMILY, "sibling-in-law", "sister-in-law", "brother-in-law"),
    _both(Circle.FAMILY, "cousin"),
    _both(Circle.FAMILY, "relative"),
    _both(Circle.FRIEND, "friend"),
    RelationKind(Circle.WORK, ("employer",), ("employee",)),
    RelationKind(Circle.WORK, ("principal",), ("assistant",)),
    _both(Circle.WORK, "colleague"),
)
