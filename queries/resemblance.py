"""Could these two be the same person? Every reason counts points for or against; hints say which.

The points are log-odds as a trained eye would give them, not learned: a hint must be explainable to who decides on it.
What a household shares, a phone, an address, a family name, proves nothing of two people whose given names differ.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, product
from typing import Final, NamedTuple
from uuid import UUID

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from projections.spelling import (
    beginnings,
    digits,
    email,
    lines_key,
    mailbox,
    name_parts,
    place,
    plain,
    where_keys,
)

POSSIBLE: Final = 4.0
"""From so many points on two records are shown side by side."""
LIKELY: Final = 6.0
"""From so many points on it would be a surprise if they were two people."""

# A key that so many share says nothing; to compare all who share it would take longer than all the rest.
LARGEST_BLOCK: Final = 200


class Reason(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    BIRTHDAY = "birthday"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"


class Alike(NamedTuple):
    """What speaks for or against: `points` below zero speak against."""

    reason: Reason
    points: float


class Called(NamedTuple):
    """A name, folded; either part may be empty."""

    given: str
    family: str


class Place(NamedTuple):
    """An address, folded; every part may be empty."""

    lines: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared, all of it folded by `person`."""

    id: UUID
    names: Sequence[Called] = ()
    birthday: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    places: Sequence[Place] = ()
    parts: Sequence[str] = field(default=(), repr=False)


def person(
    id: UUID,
    names: Iterable[tuple[str | None, str | None]],
    birthday: str | None = None,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    places: Iterable[tuple[Iterable[str], str | None, str | None]] = (),
) -> Person:
    """`names` as (given, family), `birthday` as `1950-03-14`, or `03-14` without its year; `phones` in E.164; `places`
    as (lines, postal code, city)."""
    called = [Called(plain(given), plain(family)) for given, family in names]
    return Person(
        id,
        [each for each in called if any(each)],
        (birthday or "").replace("-", ""),
        [email(each) for each in emails],
        [digits(each) for each in phones],
        [where for each in places if any(where := Place(*place(*each)))],
        name_parts(*(part for each in called for part in each)),
    )


def birthday(year: int | None, month: int, day: int | None) -> str | None:
    """As `person` takes it; none if only its month is known, which tells nobody from others."""
    if day is None:
        return None
    return f"{month:02}-{day:02}" if year is None else f"{year:04}-{month:02}-{day:02}"


def alike(one: Person, other: Person) -> list[Alike]:
    """Everything that speaks for or against their being the same."""
    named, namesakes = _named(one.names, other.names)
    born = _birthday(one.birthday, other.birthday)
    found = [Alike(Reason.NAME, named)] if named else []
    if born:
        found.append(Alike(Reason.BIRTHDAY, born))
    if one.emails and other.emails:
        found.append(Alike(Reason.EMAIL, max(_emails(*pair) for pair in product(one.emails, other.emails))))
    if namesakes or born == _SAME_DAY:
        if one.phones and not set(one.phones).isdisjoint(other.phones):
            found.append(Alike(Reason.PHONE, 5.0))
        if one.places and other.places:
            found += _places(one.places, other.places)
    return found


def points(found: Iterable[Alike]) -> float:
    """In tenths: what is shown is what was decided by."""
    return round(sum([each.points for each in found]), 1)


def likely(total: float) -> bool:
    """Whether so many points make two likely the same, rather than just possibly."""
    return total >= LIKELY


def resembling(
    people: Sequence[Person], least: float = POSSIBLE, told: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[tuple[Person, Person, list[Alike]]]:
    """Every two who share a key and come to `least` points, in no order; `told` hears how many of how many are weighed.

    Weighing dominates: 50,000 people of whom each resembles several others took some 20 seconds and 500 MB.
    """
    pairs = _sharing_a_key(people)
    for done, (one, other) in enumerate(pairs):
        if done % _TELL_EVERY == 0:
            told(done, len(pairs))
        if points(found := alike(people[one], people[other])) >= least:
            yield people[one], people[other], found
    told(len(pairs), len(pairs))


_TELL_EVERY: Final = 10_000


# ---------------------------------------------------------------------------------------------------------------- names


def _named(ones: Sequence[Called], others: Sequence[Called]) -> tuple[float, bool]:
    """The best of all pairs of their names, and whether the given names could be the same."""
    if len(ones) == len(others) == 1:
        return _pair(ones[0], others[0])
    return max((_pair(*pair) for pair in product(ones, others)), default=(0.0, True))


def _pair(one: Called, other: Called) -> tuple[float, bool]:
    """Also the other way round, for who was entered with the parts of her name exchanged."""
    straight = _parts(one, other)
    if straight[0] > _SAME_NAME - _EXCHANGED:
        return straight
    crossed = [pair for pair in ((one.given, other.family), (one.family, other.given)) if all(pair)]
    alike = [_likeness(*pair) for pair in crossed]
    if not alike or max(alike) < _ALIKE:
        return straight
    return max(straight, (sum(_weight(each, -1.5) for each in alike) - _EXCHANGED, True))


def _parts(one: Called, other: Called) -> tuple[float, bool]:
    total, may_be = 0.0, True
    if one.given and other.given:
        likeness = _likeness(one.given, other.given)
        total, may_be = _weight(likeness, -4.0), likeness >= _DIFFERENT
    if one.family and other.family:
        # A family name changes with a marriage.
        weight = _weight(_likeness(one.family, other.family), -1.5)
        total += weight if may_be or weight < 0 else 0.0
    return total, may_be


_DIFFERENT: Final = 0.7
_ALIKE: Final = 0.82
_SAME_NAME: Final = 4.4
_EXCHANGED: Final = 0.3


def _likeness(one: str, other: str) -> float:
    """From 0 to 1, the same either way round."""
    if one == other:
        return 1.0
    return _compared(one, other) if one < other else _compared(other, one)


@lru_cache(maxsize=1 << 16)
def _compared(one: str, other: str) -> float:
    """As Jaro and Winkler count; of names of several words also the most alike two of them."""
    if 1 in (len(one), len(other)) and one[0] == other[0]:
        return 0.85
    found = JaroWinkler.similarity(one, other)
    if " " in one or " " in other:
        words = product(one.split(), other.split())
        found = max(found, 0.95 * max(JaroWinkler.similarity(*pair) for pair in words))
    return found


def _weight(likeness: float, different: float) -> float:
    if likeness >= 0.97:
        return 2.2
    if likeness >= 0.9:
        return 1.6
    if likeness >= _ALIKE:
        return 0.8
    return -0.5 if likeness >= _DIFFERENT else different


# ----------------------------------------------------------------------------------------------------- everything else


def _emails(one: str, other: str) -> float:
    if one == other:
        return 8.0
    if OSA.distance(one, other, score_cutoff=2) <= 2:
        return 4.0
    return 3.0 if one.partition("@")[0] == other.partition("@")[0] else -0.5


_SAME_DAY: Final = 4.0


def _birthday(one: str, other: str) -> float:
    """Without its year a birthday is shared by one in 365."""
    if not one or not other:
        return 0.0
    if len(one) == len(other) == 8:
        return (_SAME_DAY, 2.5, 0.0, -2.0)[OSA.distance(one, other, score_cutoff=2)]
    return 2.0 if one[-4:] == other[-4:] else -1.0


def _places(ones: Sequence[Place], others: Sequence[Place]) -> list[Alike]:
    """The most alike two of them; of several, always the same."""
    if len(ones) == len(others) == 1:
        return _place(ones[0], others[0])
    return max((_place(*pair) for pair in product(ones, others)), key=lambda found: (points(found), found))


def _place(one: Place, other: Place) -> list[Alike]:
    found = []
    if one.lines and other.lines:
        ratio = token_sort_ratio(one.lines, other.lines)
        weight = 4.0 if ratio >= 95 else 3.0 if ratio >= 85 else 1.5 if ratio >= 75 else -1.0
        found.append(Alike(Reason.ADDRESS, weight))
    if one.postal_code and other.postal_code:
        errors = OSA.distance(one.postal_code, other.postal_code, score_cutoff=1)
        found.append(Alike(Reason.POSTAL_CODE, (2.0, 1.0, -0.5)[errors]))
    if one.city and other.city:
        same = OSA.distance(one.city, other.city, score_cutoff=1) <= 1
        found.append(Alike(Reason.CITY, 1.0 if same else -0.5))
    return found


# --------------------------------------------------------------------------------------------------- who is compared


def _sharing_a_key(people: Sequence[Person]) -> set[tuple[int, int]]:
    blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, each in enumerate(people):
        for key in _keys(each):
            blocks[key].append(at)
    small = (block for block in blocks.values() if len(block) <= LARGEST_BLOCK)
    return {pair for block in small for pair in combinations(block, 2)}


def _keys(each: Person) -> set[tuple[str, ...]]:
    """Two who are the same share at least one of these, unless nearly everything of one of them is wrong.

    `queries/candidates.py` asks for the same in SQL.
    """
    found: set[tuple[str, ...]] = set()
    for address in each.emails:
        found |= {("e-mail", address), ("mailbox", mailbox(address))}
    found |= {("phone", phone) for phone in each.phones}
    found |= {("name", key) for called in each.names for key in beginnings(*called)}
    if born := each.birthday:
        found |= {("born", born, part[:3]) for part in each.parts}
        found |= {("day", born[-4:], part[:5]) for part in each.parts}
        if len(born) == 8:
            found |= {("month", born[:-2], part[:5]) for part in each.parts}
    for at in each.places:
        found |= {("post", at.postal_code, part[:4]) for part in each.parts if at.postal_code}
        if at.lines:
            found.add(("lines", lines_key(at.lines)))
        if born:
            found |= {("born at", born, where) for where in where_keys(at.postal_code, at.city)}
    return found
