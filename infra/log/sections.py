"""Reads the JSON of stored events into their classes, by compiled code: strictly, each field by its own type.

What is personal is read section by section, by the types of what was said alone: nothing that is stored can be taken
for `ERASED`, which only a destroyed key stands for (ADR 0023).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Final, NotRequired, TypedDict, Union, get_args, get_type_hints

import msgspec

from domain.personal import PERSONAL, Erased

Values = dict[str, Any]

# How msgspec's texts end, and the beginnings of those that quote nothing but types and names of fields.
_AT: Final = re.compile(r" - at `\$\.?([\w.\[\]]*)`$")
_WITHOUT_VALUES: Final = ("Expected ", "Object missing ")


@cache
def whole(cls: type) -> Callable[[bytes], object]:
    """Reads an event of a class in which nothing is personal."""
    return msgspec.json.Decoder(cls).decode


@cache
def section(cls: type, names: tuple[str, ...]) -> Callable[[bytes], Values]:
    """Reads these fields of an event, and no other; one that has a default may be missing."""
    hints = get_type_hints(cls, include_extras=True)
    required = {each.name for each in fields(cls) if each.default is MISSING and each.default_factory is MISSING}
    return _fields(
        {name: _said(hints[name]) if name in required else NotRequired[_said(hints[name])] for name in names}
    )


@cache
def nothing(names: tuple[str, ...]) -> Callable[[bytes], Values]:
    """Reads fields of which nothing is said: each of them null, or missing."""
    return _fields(dict.fromkeys(names, NotRequired[None]))


def where(error: msgspec.ValidationError) -> str:
    """Which field cannot be read and what is wrong with it, without a value that it may hold."""
    found = _AT.search(str(error))
    path, what = (found[1], str(error)[: found.start()]) if found else ("", str(error))
    told = what if what.startswith(_WITHOUT_VALUES) else "invalid"
    return f"{path}: {told}" if path else told


def _fields(typed: Mapping[str, Any]) -> Callable[[bytes], Values]:
    return msgspec.json.Decoder(TypedDict("Section", dict(typed))).decode  # type: ignore[operator]  # made of names that no checker can know


def _said(hint: Any) -> Any:
    """The type of what is said, of a field that may have been erased."""
    if PERSONAL not in getattr(hint, "__metadata__", ()):
        return hint
    return Union[tuple(each for each in get_args(hint.__origin__) if each is not Erased)]  # noqa: UP007 - of as many as there are
