"""How names, phone numbers and e-mail addresses are written down so that they are found with one typing error.

Of two words that are one edit apart (a letter more, less, other, or two neighbours swapped), each has a letter without
which they are the same, or one is the other without a letter. So a word is kept with its one-deletion variants, and
asked for with those of what was typed: what is one edit away always shares one. What shares one may be two edits away,
so whoever asks compares again. Only a word of a single letter cannot be mistaken for another one.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from domain.client import ContactKind

# Longer words are kept and asked for by their beginning: an index key has to stay small.
LONGEST: Final = 64

_PIECE: Final = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base letter and an accent, and apostrophes that it counts as letters.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ŧ": "t"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
    | dict.fromkeys("\N{MODIFIER LETTER APOSTROPHE}\N{MODIFIER LETTER TURNED COMMA}", "'")
)


def fold(text: str) -> str:
    """Without case and accents: `Łukasz Groß` is `lukasz gross`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.replace("\N{ACUTE ACCENT}", "'")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LETTERS)


def words(text: str) -> list[list[str]]:
    """Each folded word as its runs of letters and digits: `Jean-Pierre Roux` is `[[jean, pierre], [roux]]`."""
    return [pieces for word in fold(text).split() if (pieces := _PIECE.findall(word))]


def joined(pieces: Iterable[str]) -> str:
    """The pieces as one word, cut to what is kept."""
    return "".join(pieces)[:LONGEST]


def name_parts(*names: str | None) -> list[str]:
    """What a client is found by: each piece of her names, each word as one, and each name as one, sorted.

    So `Marie-Claire O'Brien` is found as `marie`, `claire`, `marieclaire`, `o`, `brien` and `obrien`.
    """
    found: set[str] = set()
    for name in names:
        if name is not None:
            written = words(name)
            found.update(joined([piece]) for pieces in written for piece in pieces)
            found.update(map(joined, written))
            found.add(joined(piece for pieces in written for piece in pieces))
    return sorted(found - {""})


def contact_parts(kind: ContactKind, value: str) -> list[str]:
    """What a contact point is found by: an e-mail address as it is, a number with and without its country code."""
    match kind:
        case ContactKind.EMAIL:
            return [email(value)]
        case ContactKind.PHONE:
            number = digits(value)
            return sorted({number, _without_country_code(number)} - {""})


def email(address: str) -> str:
    """An e-mail address without case and accents, cut to what is kept."""
    return fold(address.strip())[:LONGEST]


def digits(phone: str) -> str:
    """The digits of a phone number without leading zeros: a national 0 or an international 00 is dialled, not kept."""
    return "".join(str(unicodedata.digit(sign)) for sign in phone if sign.isdigit()).lstrip("0")[:LONGEST]


def typed(part: str) -> list[str]:
    """The part itself and its one-deletion variants, sorted; never an empty word."""
    return sorted({part, *(part[:i] + part[i + 1 :] for i in range(len(part)))} - {""})


def exact(part: str) -> str:
    """The key that only this very part has."""
    return f"={part}"


def keys(parts: Iterable[str]) -> list[str]:
    """The search keys of a row, sorted: every part as it is, and as typed with one error."""
    return sorted({key for part in parts for key in (exact(part), *typed(part))})


def _without_country_code(number: str) -> str:
    for size in (1, 2, 3):
        if number[:size].isdigit() and int(number[:size]) in COUNTRY_CODE_TO_REGION_CODE:
            return number[size:].lstrip("0")
    return number
