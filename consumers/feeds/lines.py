"""One row of a file to one line of an invoice, or why it is none."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from commands.fields import Currency, Ordinal, Sentence, Word
from consumers.feeds.cells import REMEMBERED, Unreadable, amounts, clean, moments, texts, wholes
from consumers.feeds.mapping import Marked, SalesMapping, matching
from consumers.feeds.rows import Table


class Reason(StrEnum):
    """Why a row was rejected. A mapping adds reasons of its own for the rows it declines."""

    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    INCOMPLETE = "incomplete invoice"
    CONTRADICTORY = "contradictory invoice"
    WRITE_OFF = "write-off"
    CONFLICT = "conflict"
    REFUSED = "refused"


class NotTaken(Exception):
    """This row is no line of a sale. `alone` says that it never was one, so that its invoice is whole without it."""

    def __init__(self, reason: str, detail: str, *, alone: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.alone = alone


class Article(NamedTuple):
    """What was sold, and by whom. What the row does not say is empty."""

    sku: str
    description: str
    brand: str
    category: str
    type: str
    sellers: tuple[str, ...]
    serial_number: str


class Head(NamedTuple):
    """What the row says about its invoice. Without a client `client` is empty."""

    occurred_at: datetime
    client: str
    store: str
    currency: str


class InvoiceLine(NamedTuple):
    """What the row says. `number` is 0 where the file does not number the lines of an invoice."""

    number: int
    article: Article
    quantity: int
    unit_price: Decimal
    net: Decimal
    returned: bool
    head: Head


_MOST_MONEY: Final = Decimal(10) ** 12

T = TypeVar("T")
Cell = Callable[[Sequence[str]], T]


class ReadLine:
    """Reads the rows of one table. `now` is the latest time a sale can have happened."""

    def __init__(self, mapping: SalesMapping, file: Table, now: datetime) -> None:
        columns, constants, written = mapping.columns, mapping.constants, mapping.written
        self._width = file.width
        self._returns = mapping.returns
        self._is_return_number = remembering(mapping.returns.invoice)
        self._marks_return = _marked(mapping.returns.marked, file) if mapping.returns.marked else _never
        self._declines = [(_marked(rule, file), rule.reason) for rule in mapping.declined]
        self._is_nobody = remembering(mapping.nobody)

        def cell(name: str, read: Callable[[str], T], otherwise: T) -> Cell[T]:
            column: str | int | None = getattr(columns, name)
            return (lambda fields: otherwise) if column is None else _cell(name, file.columns[column], read)

        word, maybe = texts(Word, empty=False), texts(Word, empty=True)
        self._times = [file.columns[column] for column in columns.occurred_at]
        self._moment = moments(written, now)
        self._line = cell("line", wholes(written, Ordinal), 0)
        self._sku = cell("sku", word, "")
        self._description = cell("description", texts(Sentence, empty=True), "")
        self._quantity = cell("quantity", wholes(written), 0)
        self._unit_price = cell("unit_price", amounts(written), Decimal(0))
        self._net: Cell[Decimal | None] = cell("net", amounts(written), None)
        self._client = cell("client", maybe, "")
        self._store = cell("store", word, constants.store or "")
        self._currency = cell("currency", texts(Currency, empty=False), constants.currency or "")
        self._brand = cell("brand", maybe, constants.brand or "")
        self._category = cell("category", maybe, constants.category or "")
        self._type = cell("type", maybe, constants.type or "")
        self._serial_number = cell("serial_number", maybe, "")
        self._sellers = [_cell("sellers", file.columns[column], maybe) for column in columns.sellers]

        # Most rows repeat an article, an amount and an invoice's head, so these are read once for the same cells.
        def once(read: Callable[[Sequence[str]], T], *names: str) -> Cell[T]:
            keys = [f"columns.{name}" for name in names]
            return _once(read, [file.columns[column] for key, column in mapping.named_columns() if key in keys])

        self._article = once(
            self._read_article, "sku", "description", "brand", "category", "type", "sellers", "serial_number"
        )
        self._amount = once(self._read_amount, "quantity", "unit_price", "net")
        self._head = once(self._read_head, "occurred_at", "client", "store", "currency")

    def __call__(self, invoice: str, fields: Sequence[str]) -> InvoiceLine:
        """The line, or `NotTaken`."""
        try:
            return self._read(invoice, fields)
        except Unreadable as error:
            raise NotTaken(Reason.UNREADABLE, str(error)) from None

    def _read(self, invoice: str, fields: Sequence[str]) -> InvoiceLine:
        if len(fields) != self._width:
            raise Unreadable(f"{len(fields)} columns instead of {self._width}")
        for declines, reason in self._declines:
            if declines(fields):
                raise NotTaken(reason, "declined by the mapping", alone=True)
        quantity, unit_price, net = self._amount(fields)
        returned = (
            (quantity < 0 and self._returns.negative_quantity)
            or self._is_return_number(invoice)
            or self._marks_return(fields)
        )
        if returned:
            if quantity > 0 and self._returns.signed:
                raise NotTaken(Reason.IMPOSSIBLE, "quantity: a return has a negative one")
            quantity, net = abs(quantity), abs(net)
        elif quantity < 0 and net == 0:
            raise NotTaken(Reason.WRITE_OFF, "a negative quantity for no money", alone=True)
        if quantity < 1 or unit_price < 0 or not 0 <= net < _MOST_MONEY:
            raise NotTaken(Reason.IMPOSSIBLE, "quantity, price or amount is negative or far too large")
        article, head = self._article(fields), self._head(fields)
        return InvoiceLine(self._line(fields), article, quantity, unit_price, net, returned, head)

    def _read_article(self, fields: Sequence[str]) -> Article:
        sellers = tuple(dict.fromkeys(filter(None, [seller(fields) for seller in self._sellers])))
        return Article(
            self._sku(fields),
            self._description(fields),
            self._brand(fields),
            self._category(fields),
            self._type(fields),
            sellers,
            self._serial_number(fields),
        )

    def _read_amount(self, fields: Sequence[str]) -> tuple[int, Decimal, Decimal]:
        quantity, unit_price, net = self._quantity(fields), self._unit_price(fields), self._net(fields)
        return quantity, unit_price, quantity * unit_price if net is None else net

    def _read_head(self, fields: Sequence[str]) -> Head:
        client = self._client(fields)
        if client and self._is_nobody(client):
            client = ""
        try:
            occurred_at = self._moment(" ".join([fields[at] for at in self._times]))
        except Unreadable as error:
            raise Unreadable(f"occurred_at: {error}") from None
        return Head(occurred_at, client, self._store(fields), self._currency(fields))


def _once(read: Callable[[Sequence[str]], T], columns: list[int]) -> Cell[T]:
    key = itemgetter(*columns)
    known: dict[object, T] = {}

    def of(fields: Sequence[str]) -> T:
        cells = key(fields)
        if (found := known.get(cells)) is None:
            if len(known) == REMEMBERED:
                known.clear()
            found = known[cells] = read(fields)
        return found

    return of


def remembering(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a value matches any of the patterns, remembered for the values that repeat."""
    return lru_cache(REMEMBERED)(matching(patterns))


def _cell(name: str, at: int, read: Callable[[str], T]) -> Cell[T]:
    def of(fields: Sequence[str]) -> T:
        try:
            return read(fields[at])
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from None

    return of


def _marked(rule: Marked, file: Table) -> Cell[bool]:
    matches = matching(rule.values)
    return _cell("a mark", file.columns[rule.column], lru_cache(REMEMBERED)(lambda cell: matches(clean(cell))))


def _never(fields: Sequence[str]) -> bool:
    return False
