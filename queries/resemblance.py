"""Could these two be the same person? Every reason counts points for or against; hints say which.

The points are log-odds as a trained eye would give them, not learned: a hint must be explainable to who decides on it.
What a household shares, a phone, an address, a family name, proves nothing of two people whose given names differ.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product, starmap
from math import inf
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from rapidfuzz.distance.JaroWinkler import similarity as jaro_winkler
from rapidfuzz.distance.OSA import distance as errors
from rapidfuzz.fuzz import ratio

from projections.spelling import beginnings, digits, email, lines_key, mailbox, place, plain, where_keys

A = TypeVar("A")
B = TypeVar("B")

POSSIBLE: Final = 4.0
"""From so many points on two records are shown side by side."""
LIKELY: Final = 6.0
"""From so many points on it would be a surprise if they were two people."""

# A key that so many share says nothing; to compare all who share it would take longer than all the rest.
LARGEST_BLOCK: Final = 200


class Likeness(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    BIRTHDAY = "birthday"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"


class Alike(NamedTuple):
    """What speaks for or against: `points` below zero speak against."""

    reason: Likeness
    points: float


class Called(NamedTuple):
    """A name, folded; either part may be empty."""

    given: str
    family: str


class Place(NamedTuple):
    """An address, folded, the words of its lines sorted; every part may be empty."""

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
    """Each piece of each name and each name as one, sorted."""


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
    called = tuple(each for names in names if any(each := Called(*map(plain, names))))
    parts = {part for each in called for name in each for part in (*name.split(), name.replace(" ", ""))}
    return Person(
        id,
        called,
        (birthday or "").replace("-", ""),
        tuple(map(email, emails)),
        tuple(map(digits, phones)),
        tuple(where for each in places if any(where := _where(*each))),
        sorted(parts - {""}),
    )


def _where(lines: Iterable[str], postal_code: str | None, city: str | None) -> Place:
    written, post, town = place(lines, postal_code, city)
    return Place(" ".join(sorted(written.split())), post, town)


def birthday(year: int | None, month: int, day: int | None) -> str | None:
    """As `person` takes it; none if only its month is known, which tells nobody from others."""
    if day is None:
        return None
    return f"{month:02}-{day:02}" if year is None else f"{year:04}-{month:02}-{day:02}"


def alike(one: Person, other: Person) -> list[Alike]:
    """Everything that speaks for or against their being the same."""
    weights = _weights(one, other, least=-inf)
    return [Alike(reason, weight) for reason, weight in zip(Likeness, weights, strict=True) if weight]


def points(found: Iterable[Alike]) -> float:
    """In tenths: what is shown is what was decided by."""
    return _total([each.points for each in found])


def likely(total: float) -> bool:
    """Whether so many points make two likely the same, rather than just possibly."""
    return total >= LIKELY


def resembling(
    people: Sequence[Person], least: float = POSSIBLE, told: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[tuple[float, Person, Person]]:
    """Every two who share a key and come to `least` points, above 0, after how many they come to, in no order; `told`
    hears how many of how many have been weighed against everybody."""
    for done, (one, others) in enumerate(_sharing_a_key(people)):
        if done % _TELL_EVERY == 0:
            told(done, len(people))
        for other in others:
            total = _total(_weights(one, people[other], least))
            if total >= least:
                yield total, one, people[other]
    told(len(people), len(people))


_TELL_EVERY: Final = 1_000


def _weights(one: Person, other: Person, least: float) -> tuple[float, ...]:
    """What each `Likeness` counts, in their order; nothing if they cannot come to `least` points, above 0.

    Names take longest to compare, and of most pairs even the same name would not be enough.
    """
    mail = _best(_emails, one.emails, other.emails) if one.emails and other.emails else 0.0
    phone = 5.0 if any(map(other.phones.__contains__, one.phones)) else 0.0
    born = _birthday(one.birthday, other.birthday)
    there = _best(_place, one.places, other.places, _sum_first) if one.places and other.places else _NOWHERE
    # If her given name differs, a place elsewhere counts for nothing: the name takes away more than any place could.
    if _total((mail, phone, _SAME_NAME, born, *there)) < least:
        return ()
    named, namesakes = _best(_called, one.names, other.names) if one.names and other.names else (0.0, True)
    if not (namesakes or born == _SAME_DAY):
        phone, there = 0.0, _NOWHERE
    return mail, phone, named, born, *there


def _best(
    weigh: Callable[[A, A], B], ones: Sequence[A], others: Sequence[A], by: Callable[[B], Any] | None = None
) -> B:
    """The best of all pairs of what is known of two; mostly there is but one."""
    if len(ones) == len(others) == 1:
        return weigh(ones[0], others[0])
    return max(starmap(weigh, product(ones, others)), key=by or _itself)


def _itself(weight: Any) -> Any:
    return weight


def _total(weights: Iterable[float]) -> float:
    return round(sum(weights), 1)


# ---------------------------------------------------------------------------------------------------------------- names


def _called(one: Called, other: Called) -> tuple[float, bool]:
    """What their names count, and whether the given names could be the same; also the other way round, for who was
    entered with the parts of her name exchanged."""
    straight = _straight(one, other)
    if straight[0] > _SAME_NAME - _EXCHANGED:
        return straight
    crossed = _likeness(one.given, other.family), _likeness(one.family, other.given)
    if max(crossed) < _ALIKE:
        return straight
    return max(straight, (sum(_weight(each, -1.5) for each in crossed) - _EXCHANGED, True))


def _straight(one: Called, other: Called) -> tuple[float, bool]:
    given = _likeness(one.given, other.given)
    # A family name changes with a marriage.
    family = _weight(_likeness(one.family, other.family), -1.5)
    if _UNKNOWN < given < _DIFFERENT:
        return -4.0 + min(family, 0.0), False
    return _weight(given, -4.0) + family, True


_UNKNOWN: Final = -1.0
_DIFFERENT: Final = 0.7
_ALIKE: Final = 0.82
_SAME_NAME: Final = 4.4
_EXCHANGED: Final = 0.3


def _likeness(one: str, other: str) -> float:
    """From 0 to 1 as Jaro and Winkler count; of names of several words also the most alike
    two of them. `_UNKNOWN` if one of them is."""
    if not one or not other:
        return _UNKNOWN
    if one == other:
        return 1.0
    if one[0] == other[0] and 1 in (len(one), len(other)):
        return 0.85
    found: float = jaro_winkler(one, other)
    if " " in one or " " in other:
        words = product(one.split(), other.split())
        found = max(found, 0.95 * max(jaro_winkler(*pair) for pair in words))
    return found


def _weight(likeness: float, different: float) -> float:
    if likeness == _UNKNOWN:
        return 0.0
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
    if errors(one, other, score_cutoff=2) <= 2:
        return 4.0
    return 3.0 if one.partition("@")[0] == other.partition("@")[0] else -0.5


_SAME_DAY: Final = 4.0


def _birthday(one: str, other: str) -> float:
    """Without its year a birthday is shared by one in 365."""
    if not one or not other:
        return 0.0
    if len(one) == len(other) == 8:
        return (_SAME_DAY, 2.5, 0.0, -2.0)[errors(one, other, score_cutoff=2)]
    return 2.0 if one[-4:] == other[-4:] else -1.0


_NOWHERE: Final = (0.0, 0.0, 0.0)


def _place(one: Place, other: Place) -> tuple[float, float, float]:
    """What lines, postal code and city count."""
    lines = post = city = 0.0
    if one.lines and other.lines:
        likeness = ratio(one.lines, other.lines, score_cutoff=75)
        lines = 4.0 if likeness >= 95 else 3.0 if likeness >= 85 else 1.5 if likeness >= 75 else -1.0
    if one.postal_code and other.postal_code:
        post = (2.0, 1.0, -0.5)[errors(one.postal_code, other.postal_code, score_cutoff=1)]
    if one.city and other.city:
        city = 1.0 if errors(one.city, other.city, score_cutoff=1) <= 1 else -0.5
    return lines, post, city


def _sum_first(weights: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
    """Of places that come to as much always the same one."""
    return sum(weights), weights


# --------------------------------------------------------------------------------------------------- who is compared


def _sharing_a_key(people: Sequence[Person]) -> Iterator[tuple[Person, set[int]]]:
    """Each of them, the last one first, and where those before her are who share a key with her."""
    first: dict[str, int] = {}  # most keys are one person's: no list for each of those
    blocks: dict[str, list[int]] = {}
    for at, each in enumerate(people):
        for key in _keys(each):
            if (before := first.setdefault(key, at)) != at:
                blocks.setdefault(key, [before]).append(at)
    hers: list[list[list[int]]] = [[] for _ in people]
    for block in blocks.values():
        if len(block) <= LARGEST_BLOCK:
            for at in block:
                hers[at].append(block)
    while hers:
        shared = hers.pop()
        for block in shared:
            block.pop()  # she herself: whoever comes after her has left already
        yield people[len(hers)], set().union(*shared)


def _keys(each: Person) -> set[str]:
    """Two who are the same share at least one of these, unless nearly everything of one of them is wrong.

    `queries/candidates.py` asks for the same in SQL.
    """
    found = {*each.emails, *map(mailbox, each.emails), *(f"phone {phone}" for phone in each.phones)}
    found.update(key for called in each.names for key in beginnings(*called))
    if born := each.birthday:
        found.update([f"born {born} {part[:3]}" for part in each.parts])
        found.update([f"day {born[-4:]} {part[:5]}" for part in each.parts])
        if len(born) == 8:
            found.update([f"month {born[:-2]} {part[:5]}" for part in each.parts])
    for at in each.places:
        if at.postal_code:
            found.update([f"post {at.postal_code} {part[:4]}" for part in each.parts])
        if at.lines:
            found.add(lines_key(at.lines))
        if born:
            found.update([f"born {born} {where}" for where in where_keys(at.postal_code, at.city)])
    return found
