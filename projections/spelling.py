"""How names, phone numbers and e-mail addresses are written down so that they are found with one typing error.

One error is a letter more, less, other, or two neighbours swapped.

Names: of two words one error apart, each has a letter without which they are the same, or one is the other without a
letter. So a word is kept with its one-deletion variants, and asked for with those of what was typed: what is one error
away always shares one. Only a word of a single letter cannot be mistaken for another one.

E-mail addresses and phone numbers are long and nobody shares them: variants of each would fill the index (2.3 GB for a
million clients). They are kept as four texts, each with another quarter covered: one error leaves one of them alone.

Either way what shares a key may be more than one error away, so whoever asks compares again.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from domain.client.facts import ContactKind

# Longer ones are kept and asked for by their beginning: an index key has to stay small.
LONGEST: Final = 64
LONGEST_CONTACT: Final = 254

_PIECE: Final = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart into a base letter and an accent, and apostrophes that it counts as letters.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ŧ": "t"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
    # Who types a reading in hiragana means the one kept in katakana.
    | {chr(kana): chr(kana - 0x60) for kana in range(0x30A1, 0x30F7)}
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


def called(family: str | None, given: str | None) -> list[str]:
    """The names by which one name is found: written without blanks, as in Chinese and Japanese, also both as one."""
    names = [name for name in (given, family) if name is not None]
    if given and family and any(unicodedata.east_asian_width(letter) == "W" for letter in family):
        names.append(family + given)
    return names


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


def typed(part: str) -> list[str]:
    """The part itself and its one-deletion variants, sorted; never an empty word."""
    return sorted({part, *(part[:i] + part[i + 1 :] for i in range(len(part)))} - {""})


def exact(part: str) -> str:
    """The key that only this very part has."""
    return f"={part}"


def name_keys(*names: str | None) -> list[str]:
    """The search keys of a client's names, sorted: every part as it is, and as typed with one error."""
    return sorted({key for part in name_parts(*names) for key in (exact(part), *typed(part))})


def plain(name: str | None) -> str:
    """A name as it is compared with others: folded, its runs of letters and digits with a blank between them."""
    return " ".join(piece for pieces in words(name or "") for piece in pieces)


def read_as(reading: str | None) -> tuple[str, str] | None:
    """Given and family name of a reading, which has the family name first; none unless it is of two words."""
    written = (reading or "").split()
    return (written[1], written[0]) if len(written) == 2 else None


def beginnings(given: str, family: str) -> list[str]:
    """The key that a name, both its parts `plain`, shares with those that begin like it, in either order; none for
    half a name."""
    return ["~".join(["", *sorted((given[:5], family[:5]))])] if given and family else []


def full_name_keys(family: str | None, given: str | None, reading: str | None = None) -> list[str]:
    """All keys of one name of a client, sorted: those she is searched by, and those by which namesakes are found."""
    whole = [(given, family), *([found] if (found := read_as(reading)) else [])]
    alike = [key for each in whole for key in beginnings(*map(plain, each))]
    return sorted({*name_keys(*called(family, given), reading), *alike})


def place(lines: Iterable[str], postal_code: str | None, city: str | None) -> tuple[str, str, str]:
    """The parts of an address as they are compared with others."""
    return fold(" ".join(lines)), fold(postal_code or "").replace(" ", ""), fold(city or "")


def lines_key(lines: str) -> str:
    """The key of the lines of an address, in whatever order their words are."""
    return " ".join(["at", *sorted(_PIECE.findall(lines))])[:LONGEST_CONTACT]


def where_keys(postal_code: str, city: str) -> list[str]:
    """The keys of about where an address is."""
    keys = (("post", postal_code), ("in", city))
    return [f"{kind} {written}"[:LONGEST_CONTACT] for kind, written in keys if written]


def address_keys(lines: Iterable[str], postal_code: str | None, city: str | None) -> list[str]:
    """The keys of an address, sorted."""
    written, post, town = place(lines, postal_code, city)
    return sorted([*([lines_key(written)] if written else []), *where_keys(post, town)])


def email(address: str) -> str:
    """An e-mail address without case and accents."""
    return fold(address.strip())[:LONGEST_CONTACT]


def digits(phone: str) -> str:
    """The digits of a phone number without leading zeros: a national 0 or an international 00 is dialled, not kept."""
    signs = phone.replace("(0)", "")  # +33 (0)6: dialled from inside the country only
    return "".join(str(unicodedata.digit(sign)) for sign in signs if sign.isdigit()).lstrip("0")[:LONGEST_CONTACT]


def national(number: str) -> str:
    """The digits of a number without its country code, if it begins with one."""
    for size in (1, 2, 3):
        if number[:size].isdigit() and int(number[:size]) in COUNTRY_CODE_TO_REGION_CODE:
            return number[size:].lstrip("0")
    return number


def contact_keys(kind: ContactKind, value: str) -> list[str]:
    """The search keys of a contact point, sorted."""
    match kind:
        case ContactKind.EMAIL:
            return email_keys(value)
        case ContactKind.PHONE:
            return phone_keys(value)


def email_keys(address: str) -> list[str]:
    """The search keys of an e-mail address, sorted; its mailbox at any other house of mail has one of them."""
    written = email(address)
    return sorted({mailbox(written), *_covered(written, len(written))})


def phone_keys(number: str) -> list[str]:
    """The search keys of a phone number, whatever its country code, sorted."""
    written = national(digits(number))
    return sorted(_covered(written, len(written)))


def mailbox(written: str) -> str:
    """The key of what stands before the @ of a folded e-mail address."""
    return f"{written.partition('@')[0]}@"


def typed_contact(written: str) -> list[str]:
    """The keys of every contact point that `written`, an e-mail address or a national number, may mean, sorted."""
    size = len(written)
    return sorted(_covered(written, size - 1) | _covered(written, size) | _covered(written, size + 1))


def _covered(written: str, size: int) -> set[str]:
    """What is left when a quarter of the text, and one letter more, is covered, as if the text had `size` letters.

    One typing error lies within one of the quarters, or between it and the letter after it: what stands before and
    behind is the same, counted from either end.
    """
    left: set[str] = set()
    for quarter in range(4):
        start, end = quarter * size // 4, (quarter + 1) * size // 4 + 1
        behind = max(size - end, 0)
        left.add(f"{written[:start]}…{written[len(written) - behind :]}")
    return left
