"""How a file of sales lines is to be read: a small declarative file, one for each system that exports sales.

A mapping names the columns, says how numbers and dates are written, gives the constants that the file does not say, and
lists which rows are returns, which codes move no goods and which rows are declined. Nothing in it is code. It is TOML;
the two in `mappings/` are the examples to copy, each beside a small made-up file of its shape.

Patterns are shell patterns for the whole value, and case matters: `C*`, `gift_0001_*`, or an exact code.
"""

import codecs
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fnmatch import translate
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    model_validator,
)
from typing_extensions import override

SHIPPED: Final = Path(__file__).parent / "mappings"


class MappingInvalid(Exception):
    """The mapping cannot be used. The message has a line for each key at fault."""


def _column(value: Any) -> str | int:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("Give a column's header, or its number from 1 where the file has no header")


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding") from None


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name!r} is not a time zone of the IANA database") from None
    return name


def names_a_day(written: str) -> str:
    probe = datetime(2001, 2, 3, tzinfo=UTC)
    try:
        read = datetime.strptime(probe.strftime(written), written).replace(tzinfo=UTC)
    except (ValueError, re.error):
        read = None
    if read != probe:
        raise ValueError(f"{written!r} does not name a day")
    return written


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Text = Annotated[str, StringConstraints(min_length=1)]
Column = Annotated[str | int, PlainValidator(_column)]
Columns = Annotated[list[Column], BeforeValidator(_listed), Field(min_length=1)]
Patterns = list[Text]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=BaseModel)


class TextFormat(Part):
    """How the text is cut up. A name that ends in `.gz` is unpacked on the way."""

    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    header: bool = True


class Written(Part):
    """How numbers and dates are written.

    `date_format` is of Python's `strptime`; a date without an offset is local time in `time_zone`.
    """

    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ".", ",", " ", "'"] = ""
    date_format: Annotated[str, AfterValidator(names_a_day)]
    time_zone: Annotated[str, AfterValidator(_time_zone)]


class FileFormat(TextFormat, Written):
    """A file of text in which numbers and dates are written like this."""


class ColumnNames(Part):
    """Where each thing stands. `invoice` (joined by `/`) and `occurred_at` (by a blank) may be spread over columns;
    `sellers` may be several columns, whose associates share a line's credit evenly.

    Without `net`, a line's amount is quantity times unit price. Without `line`, the lines of an invoice are numbered in
    an order of their own, not that of the file.
    """

    invoice: Columns
    occurred_at: Columns
    sku: Column
    quantity: Column
    unit_price: Column
    line: Column | None = None
    description: Column | None = None
    net: Column | None = None
    client: Column | None = None
    store: Column | None = None
    currency: Column | None = None
    brand: Column | None = None
    category: Column | None = None
    type: Column | None = None
    serial_number: Column | None = None
    sellers: Annotated[list[Column], BeforeValidator(_listed), Field(max_length=10)] = []


class Constants(Part):
    """What is the same for every row because the file does not say it."""

    store: Text | None = None
    currency: Currency | None = None
    brand: Text | None = None
    category: Text | None = None
    type: Text | None = None


class Marked(Part):
    """A column with one of these values."""

    column: Column
    values: Patterns


class Returns(Part):
    """Which rows are returns: by their invoice number, by a column that says so, or because the quantity is negative.

    `signed` says that a return's quantity is written as a negative number; one that is not is then rejected.
    """

    invoice: Patterns = []
    marked: Marked | None = None
    negative_quantity: bool = False
    signed: bool = True


class Declined(Marked):
    """Rows that are no sales, and why."""

    reason: Text


class SalesMapping(Part, ABC):
    """What files and feeds of sales have in common.

    `source` is the system that numbers invoices and clients. It goes into every id made from them: never change it.
    `no_goods` are codes that move no goods (postage, vouchers, fees), `nobody` client numbers that stand for no client.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    no_goods: Patterns = []
    nobody: Patterns = []
    columns: ColumnNames
    constants: Constants = Constants()
    returns: Returns = Returns()
    declined: list[Declined] = []

    @property
    @abstractmethod
    def written(self) -> Written: ...

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        given = self.constants.model_dump(exclude_none=True)
        for name in ("store", "currency"):
            if getattr(self.columns, name) is None and name not in given:
                raise ValueError(f"columns.{name} or constants.{name} is needed")
        for name in given:
            if getattr(self.columns, name) is not None:
                raise ValueError(f"columns.{name} and constants.{name} exclude each other")
        return self

    def named_columns(self) -> Iterable[tuple[str, str | int]]:
        """Every column the mapping mentions, with the key that mentions it."""
        for name in ColumnNames.model_fields:
            for column in _listed(getattr(self.columns, name)):
                if column is not None:
                    yield f"columns.{name}", column
        if self.returns.marked is not None:
            yield "returns.marked.column", self.returns.marked.column
        for at, declined in enumerate(self.declined):
            yield f"declined.{at}.column", declined.column


class Mapping(SalesMapping):
    """How a file of sales lines is to be read."""

    file: FileFormat

    @property
    @override
    def written(self) -> Written:
        return self.file

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.file.decimal_mark in (self.file.delimiter, self.file.thousands_mark):
            raise ValueError("file.decimal_mark, file.delimiter and file.thousands_mark must differ")
        require_columns(self.file, self.named_columns())
        return self


def require_columns(format: TextFormat, named: Iterable[tuple[str, str | int]]) -> None:
    """Raises `ValueError` unless columns are named by headers where the file has a header, and by numbers else."""
    wanted, called = (str, "header") if format.header else (int, "number")
    misfits = [f"{key}: {column!r}" for key, column in named if not isinstance(column, wanted)]
    if misfits:
        raise ValueError(f"{misfits[0]} is not the {called} of a column")


def load(name: str) -> Mapping:
    """The shipped mapping of this name, or the one in this file; `MappingInvalid` if it is not there or not good."""
    return read_mapping(Mapping, SHIPPED, name)


def read_mapping(shape: type[Shape], folder: Path, name: str) -> Shape:
    """The mapping of this shape that `folder` ships under this name, or the one in this file."""
    shipped = _in(folder)
    path = folder / f"{name}.toml" if name in shipped else Path(name)
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise MappingInvalid(
            f"{name}: no mapping of this name is shipped ({', '.join(shipped)}), and as a file: {error.strerror}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingInvalid(f"{name}: {error}") from None
    except ValidationError as error:
        raise MappingInvalid("\n".join(f"{name}: {line}" for line in _explained(error))) from None


def shipped() -> list[str]:
    """The names of the mappings that come with Carnet."""
    return _in(SHIPPED)


def _in(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def matching(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a value matches any of the patterns."""
    either = re.compile("|".join(translate(pattern) for pattern in patterns) or r"(?!)")
    return lambda value: either.match(value) is not None


def _explained(error: ValidationError) -> Iterable[str]:
    for each in error.errors():
        key = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ")
        yield f"{key}: {message}" if key else message
