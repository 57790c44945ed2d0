"""What a question is asked with, as somebody types it: bodies and filters share it."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from domain.days import is_day, is_time


def _written_day(value: object) -> object:
    if not is_day(value):
        raise PydanticCustomError("date", "A date is written like 2026-03-02.")
    return value


def _written_time(value: object) -> object:
    if not is_time(value):
        raise PydanticCustomError("datetime", "A time is written like 2026-03-02T15:30:00+01:00.")
    return value


WrittenTime = Annotated[AwareDatetime, BeforeValidator(_written_time)]
WrittenDay = Annotated[date, BeforeValidator(_written_day)]
Typed = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=254, pattern=r"^[^\x00]*$")]
