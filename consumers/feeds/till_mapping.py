"""How the messages of a point of sale are to be read: a mapping as for files, its columns being paths in a document.

A message is one JSON object. A list in it holds receipts, with their lines in a list of each, or as lines one by one
that repeat what they share; another list may describe items. A path names its way by dots, `basket.article.code`; an
entry of a list is named by its number from 1, `basket.staff.1`. The two in `tills/` are the examples to copy, each
beside a made-up message.
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from typing_extensions import override

from consumers.feeds.mapping import Part, SalesMapping, Text, Written, read_mapping

SHIPPED: Final = Path(__file__).parent / "tills"


def _is_path(path: str) -> str:
    if not all(path.split(".")):
        raise ValueError(f"{path!r} is no path")
    return path


Path_ = Annotated[Text, AfterValidator(_is_path)]


class DocumentFormat(Written):
    """Where the lists are: `receipts` and `items` in the message, `lines` in a receipt.

    Without `lines` each entry of `receipts` is a line, and those with the same number are a receipt.
    """

    receipts: Path_
    lines: Path_ | None = None
    items: Path_ | None = None


class ItemPaths(Part):
    sku: Path_
    description: Path_
    brand: Path_ | None = None
    category: Path_ | None = None
    type: Path_ | None = None


class Trust(Part):
    """What is taken on the word of this point of sale; of anything else that the house does not know, a receipt waits
    until it does."""

    stores: bool = False
    items: bool = False
    clients: bool = False


class TillMapping(SalesMapping):
    """`clients` says by whose numbers receipts name them: the point of sale's (`theirs`), or Carnet's ids (`ours`)."""

    document: DocumentFormat
    items: ItemPaths | None = None
    clients: Literal["ours", "theirs"] = "theirs"
    trusted: Annotated[Trust, Field(default_factory=Trust)]

    @property
    @override
    def written(self) -> Written:
        return self.document

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.document.decimal_mark == self.document.thousands_mark:
            raise ValueError("document.decimal_mark and document.thousands_mark must differ")
        if (self.items is None) != (self.document.items is None):
            raise ValueError("items and document.items go together")
        for key, column in self.named_columns():
            if not isinstance(column, str) or not all(column.split(".")):
                raise ValueError(f"{key}: {column!r} is no path")
        return self


def load(name: str) -> TillMapping:
    """The shipped mapping of this name, or the one in this file; `MappingInvalid` if it is not there or not good."""
    return read_mapping(TillMapping, SHIPPED, name)


def shipped() -> list[str]:
    """The names of the formats that come with Carnet."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))
