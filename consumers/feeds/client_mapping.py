"""A mapping for `carnet import clients`: what a file of clients looks like, told in the words of its columns.

A column that the mapping does not name, and a cell that is empty, leave the field as it is; a cell that holds the word
`null` (any word: `file.null`) clears it. The one in `client_mappings/` is the example to copy.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from consumers.feeds.mapping import (
    Column,
    Columns,
    Part,
    Patterns,
    Text,
    TextFormat,
    names_a_day,
    read_mapping,
    require_columns,
)

SHIPPED: Final = Path(__file__).parent / "client_mappings"


class ClientFormat(TextFormat):
    """`date_format` is of Python's `strptime`; a birthday may also be written without its year, as `--02-29` or `--02`.

    `separator` stands between the several values of one cell; `null` is the word that clears a field.
    """

    date_format: Annotated[str, AfterValidator(names_a_day)] = "%Y-%m-%d"
    separator: Annotated[str, StringConstraints(min_length=1, max_length=1)] = "|"
    null: Text = "null"


class ClientColumns(Part):
    """Where each thing stands. `address` may be several columns, a line each; `country` is that of the address, and of
    a phone number without its international prefix."""

    number: Columns
    family: Column | None = None
    given: Column | None = None
    title: Column | None = None
    email: Column | None = None
    phone: Column | None = None
    address: Columns | None = None
    city: Column | None = None
    region: Column | None = None
    postal_code: Column | None = None
    country: Column | None = None
    birthday: Column | None = None
    tags: Column | None = None
    mailing_lists: Column | None = None
    store: Column | None = None


class ClientMapping(Part):
    """`source` is the system that numbers clients, the same as for its sales. It goes into every id: never change it.

    `nobody` are numbers that stand for no client; `country` and `store` are those of rows that do not say.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    nobody: Annotated[Patterns, Field(default_factory=list)]
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    store: Text | None = None
    file: ClientFormat = ClientFormat()
    columns: ClientColumns

    @model_validator(mode="after")
    def _complete(self) -> Self:
        require_columns(self.file, self.named_columns())
        if self.file.separator == self.file.delimiter:
            raise ValueError("file.separator and file.delimiter must differ")
        return self

    def named_columns(self) -> Iterable[tuple[str, str | int]]:
        """Every column the mapping mentions, with the key that mentions it."""
        for name in ClientColumns.model_fields:
            named = getattr(self.columns, name)
            for column in named if isinstance(named, list) else [named]:
                if column is not None:
                    yield f"columns.{name}", column


def load(name: str) -> ClientMapping:
    """The shipped mapping of this name, or the one in this file; `MappingInvalid` if it is not there or not good."""
    return read_mapping(ClientMapping, SHIPPED, name)
