"""A message of a point of sale, read into pieces: each receipt and each item by itself, restated as Carnet knows it.

A piece that cannot be taken spoils no other. Each is kept as the message it would be if nothing else had been in it, so
that it can be put aside and read again as if it came anew.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn, TypeAlias
from uuid import UUID

from commands.feed import Fed, Receipt
from commands.fields import LATEST, Sentence, Word
from consumers.feeds.cells import Unreadable, texts
from consumers.feeds.invoices import Restate
from consumers.feeds.lines import Reason
from consumers.feeds.rows import Row
from consumers.feeds.till_mapping import ItemPaths, TillMapping
from domain.item import ItemDescribed
from domain.refusals import MessageUnreadable

# A mapping's own reasons and write-offs were never part of a sale.
TO_LOOK_AT: Final = frozenset(Reason) - {Reason.WRITE_OFF}

_WORD: Final = texts(Word, empty=False)
_MAYBE: Final = texts(Word, empty=True)
_SENTENCE: Final = texts(Sentence, empty=False)
_MOST_NUMBER: Final = 100


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing of it is a sale, by the mapping."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """It cannot be read, or not be true. The detail repeats no value."""

    reason: str
    detail: str


Read: TypeAlias = Fed | Declined | Unfit


@dataclass(frozen=True, slots=True)
class Piece:
    """A receipt or an item: its number at the point of sale, what it says as a message of its own, and what that is."""

    number: str
    said: bytes
    read: Read
    size: int = 0


class ReadMessage:
    """Reads the messages of one format."""

    def __init__(self, mapping: TillMapping) -> None:
        self._mapping = mapping
        paths = dict.fromkeys(str(column) for _, column in mapping.named_columns())
        self.columns: dict[str | int, int] = {path: at for at, path in enumerate(paths)}
        self.width = len(paths)
        lines = mapping.document.lines
        self._paths = [_Way(path, lines) for path in paths]
        self._restate = Restate(mapping, self, LATEST)
        self._ours = mapping.clients == "ours"

    def __call__(self, body: bytes) -> list[Piece]:
        """The pieces of a message, items first. Raises `MessageUnreadable` if it is no message of this format."""
        said = self._parsed(body)
        document = self._mapping.document
        items = _listed(said, document.items) if document.items else []
        receipts = _listed(said, document.receipts)
        if items is None and receipts is None:
            raise MessageUnreadable("The message holds no receipts and no items.", document.receipts)
        pieces = [self._item(self._mapping.items, each) for each in items or [] if self._mapping.items]
        return [
            *pieces,
            *(self._receipt(number, lines, each) for number, lines, each in self._receipts(receipts or [])),
        ]

    def _parsed(self, body: bytes) -> dict[str, Any]:
        try:
            # A number stays as it is written: a price is no binary fraction.
            said = json.loads(body, parse_float=str, parse_int=str, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise MessageUnreadable("The message is not JSON.", "body") from None
        if not isinstance(said, dict):
            raise MessageUnreadable("The message is not a JSON object.", "body")
        return said

    def _receipts(self, entries: list[Any]) -> Iterator[tuple[str, list[tuple[Any, Any]], Any]]:
        """Each receipt: its number, for each line the receipt and the line, and what was said."""
        nested = self._mapping.document.lines
        if nested:
            for each in entries:
                lines = _at(each, nested.split("."))
                yield self._number(each), [(each, line) for line in lines] if isinstance(lines, list) else [], each
            return
        gathered: dict[str, list[Any]] = {}
        for at, each in enumerate(entries):
            gathered.setdefault(self._number(each) or f"\n{at}", []).append(each)
        for number, lines in gathered.items():
            yield number.partition("\n")[0], [(line, line) for line in lines], lines

    def _number(self, receipt: Any) -> str:
        try:
            parts = [_text(_at(receipt, str(path).split("."))).strip() for path in self._mapping.columns.invoice]
        except Unreadable:
            return ""
        return "/".join(parts) if all(parts) else ""

    def _receipt(self, number: str, lines: Sequence[tuple[Any, Any]], said: Any) -> Piece:
        content = said if isinstance(said, list) and not self._mapping.document.lines else [said]
        kept = _message(self._mapping.document.receipts, content)
        try:
            if not number:
                raise Unreadable("invoice: is empty")
            if not lines:
                raise Unreadable("it has no lines")
            rows = [Row(at, [way(receipt, line) for way in self._paths]) for at, (receipt, line) in enumerate(lines, 1)]
            read, size = self._restated(number, rows)
        except Unreadable as error:
            read, size = Unfit(Reason.UNREADABLE, str(error)), 0
        return Piece(_shown(number), kept, read, size)

    def _restated(self, number: str, rows: list[Row]) -> tuple[Read, int]:
        restated = self._restate(number, rows)
        faults = [each for each in restated.rejected if each.reason in TO_LOOK_AT]
        # The row that is at fault, rather than those it keeps out.
        for each in sorted(faults, key=lambda fault: fault.reason == Reason.INCOMPLETE):
            where = "" if each.reason == Reason.CONTRADICTORY else f"line {each.row.line}: "
            return Unfit(each.reason, where + each.detail), 0
        if not restated.events:
            return Declined(restated.rejected[0].reason), 0
        events, client = tuple(event for event, _ in restated.events), restated.client
        if client and self._ours:
            id = _carnets_id(client.number)
            return Receipt(tuple(replace(event, client_id=id) for event in events)), restated.size
        return Receipt(events, client), restated.size

    def _item(self, paths: ItemPaths, said: Any) -> Piece:
        def text(path: str | None, read: Callable[[str], str]) -> str:
            return read(_text(_at(said, path.split(".")))) if path else ""

        assert self._mapping.document.items is not None
        kept = _message(self._mapping.document.items, [said])
        number, read = "", None
        try:
            number = text(paths.sku, _WORD)
            rest = (text(path, _MAYBE) or None for path in (paths.brand, paths.category, paths.type))
            read = ItemDescribed(number, text(paths.description, _SENTENCE), *rest)
        except Unreadable as error:
            return Piece(_shown(number), kept, Unfit(Reason.UNREADABLE, f"item: {error}"))
        return Piece(_shown(number), kept, read, len(kept))


class _Way:
    """The way to one value: in the line, if the path leads through the list of lines, else in the receipt."""

    def __init__(self, path: str, lines: str | None) -> None:
        self._path = path
        self._in_line = lines is None or path.startswith(f"{lines}.")
        self._parts = (path.removeprefix(f"{lines}.") if lines and self._in_line else path).split(".")

    def __call__(self, receipt: Any, line: Any) -> str:
        try:
            return _text(_at(line if self._in_line else receipt, self._parts))
        except Unreadable as error:
            raise Unreadable(f"{self._path}: {error}") from None


def _at(said: Any, parts: Iterable[str]) -> Any:
    """What stands there; None where the way ends before."""
    for part in parts:
        if isinstance(said, dict):
            said = said.get(part)
        elif isinstance(said, list) and part.isdecimal() and 1 <= int(part) <= len(said):
            said = said[int(part) - 1]
        else:
            return None
    return said


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise Unreadable("is not a single value")


def _listed(said: dict[str, Any], path: str) -> list[Any] | None:
    found = _at(said, path.split("."))
    if found is not None and not isinstance(found, list):
        raise MessageUnreadable("This is not a list.", path)
    return found


def _message(path: str, entries: Any) -> bytes:
    """A message that holds nothing but these entries of the list at this path."""
    for part in reversed(path.split(".")):
        entries = {part: entries}
    return json.dumps(entries).encode()


def _carnets_id(number: str) -> UUID:
    try:
        return UUID(number)
    except ValueError:
        raise Unreadable("client: is no id of Carnet's") from None


def _shown(number: str) -> str:
    """A number as it may stand in a list for people."""
    return "".join(each for each in number if each.isprintable())[:_MOST_NUMBER]


def _no_number(_: str) -> NoReturn:
    raise ValueError
