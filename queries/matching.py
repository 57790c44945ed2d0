"""Compares what was typed with what is known, both written as `projections/spelling.py` writes the search keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import token_sort_ratio

from projections.spelling import called, digits, email, fold, joined, name_parts, national, words

FORGIVEN: Final = 1
"""How many typing errors there may be in each part of a name, in a number and in an address."""

Rank = tuple[int, float, str, str, UUID]
Reading = list[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may be meant; `others` are her names beside the main one, each with `family`, `given` and `reading`."""

    client_id: UUID
    family: str | None
    given: str | None
    phones: Sequence[str]
    emails: Sequence[str]
    others: Sequence[Mapping[str, str | None]] = ()

    def texts(self) -> list[str]:
        """Everything she is called, as it is searched: by parts."""
        texts = called(self.family, self.given)
        for other in self.others:
            texts += called(other["family"], other["given"])
            texts += [reading] if (reading := other["reading"]) else []
        return texts

    def full_names(self) -> list[str]:
        """Everything she is called, as it is compared: whole."""
        names = [f"{self.given or ''} {self.family or ''}"]
        for other in self.others:
            names += [f"{other['given'] or ''} {other['family']}", other["reading"] or ""]
        return [fold(name) for name in names]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search, folded like what it is compared with.

    Each word of the name has its readings: as one word and, written with a hyphen or an apostrophe, piece by piece.
    """

    words: tuple[tuple[Reading, ...], ...]
    phone: str | None
    email: str | None

    @classmethod
    def of(cls, name: str | None, phone: str | None, address: str | None) -> Self:
        return cls(
            tuple(_readings(word) for word in words(name or "")),
            None if phone is None else digits(phone),
            None if address is None else email(address),
        )

    @property
    def empty(self) -> bool:
        return not self.words and not self.phone and not self.email

    def rank(self, candidate: Candidate) -> Rank | None:
        """The place of a candidate among others: fewest errors first, then the most alike; none if it does not match.

        The first part is the number of errors.
        """
        parts = name_parts(*candidate.texts())
        errors = [min(_errors_of(reading, parts) for reading in word) for word in self.words]
        if self.phone:
            errors.append(_fewest(self.phone, [form for phone in candidate.phones for form in _forms(phone)]))
        if self.email:
            errors.append(_fewest(self.email, [email(known) for known in candidate.emails]))
        if max(errors) > FORGIVEN:
            return None
        family, given = fold(candidate.family or ""), fold(candidate.given or "")
        typed = " ".join(word[0][0] for word in self.words)
        alike = max(token_sort_ratio(typed, name) for name in candidate.full_names())
        return sum(errors), -alike, family, given, candidate.client_id


def _readings(pieces: list[str]) -> tuple[Reading, ...]:
    whole = [joined(pieces)]
    return (whole,) if len(pieces) == 1 else (whole, [joined([piece]) for piece in pieces])


def _forms(phone: str) -> list[str]:
    number = digits(phone)
    return [number, national(number)]


def _errors_of(reading: Reading, parts: Sequence[str]) -> int:
    return max(_fewest(piece, parts) for piece in reading)


def _fewest(typed: str, known: Sequence[str]) -> int:
    """The errors between what was typed and the most alike of what is known; one more than forgiven stands for more."""
    if len(typed) == 1:  # a single letter is never another one
        known = [each for each in known if typed in each]
    return min((OSA.distance(typed, each, score_cutoff=FORGIVEN) for each in known), default=FORGIVEN + 1)
