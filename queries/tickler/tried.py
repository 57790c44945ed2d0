"""A rule that is only tried: what it says, as somebody types it who wants to know what would come of it."""

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from domain import tickler_rule
from domain.tickler_rule import MOST_DAYS, MOST_MONTHS, Cause, Owner, Rule

_AMOUNT: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"


def _whole(value: Any) -> Any:
    """Whole numbers as JSON Schema understands them: 3 and 3.0 are the same."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Words = Annotated[tuple[_Word, ...], Field(max_length=50)]
_Apart = Annotated[int, Field(strict=True, ge=-MOST_DAYS, le=MOST_DAYS), BeforeValidator(_whole)]
_Period = Annotated[int, Field(strict=True, ge=0, le=MOST_DAYS), BeforeValidator(_whole)]
_Months = Annotated[int, Field(strict=True, ge=1, le=MOST_MONTHS), BeforeValidator(_whole)]
_Amount = Annotated[str, StringConstraints(strict=True, pattern=_AMOUNT)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TriedCategoryDays(_Part):
    category: _Word
    days: _Apart


class TriedLapse(_Part):
    category: _Word | None = None
    months: _Months
    within_months: _Months
    times: _Amount | None = None

    def value(self) -> tickler_rule.Lapse:
        times = None if self.times is None else Decimal(self.times)
        return tickler_rule.Lapse(self.category, self.months, self.within_months, times)


class TriedRule(_Part):
    """As in `PUT /tickler-rules/{rule_id}`, without the day since when."""

    cause: Cause
    text: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=400, pattern=r"^[^\x00]*$")]
    days: _Apart
    shown: _Period = 0
    expires: _Period
    owner: Owner = Owner.PRIMARY
    dates: _Words = ()
    categories: _Words = ()
    types: _Words = ()
    event_kinds: _Words = ()
    minimum: _Amount | None = None
    currency: Annotated[str, StringConstraints(strict=True, pattern="^[A-Z]{3}$")] | None = None
    every_months: _Months | None = None
    by_category: Annotated[tuple[TriedCategoryDays, ...], Field(max_length=50)] = ()
    lapse: TriedLapse | None = None
    unless_date: _Word | None = None

    def value(self) -> Rule:
        """Refuses with `TicklerRuleInvalid`, naming the field, what no rule can say."""
        rule = Rule(
            self.cause,
            self.text,
            self.days,
            self.shown,
            self.expires,
            self.owner,
            self.dates,
            self.categories,
            self.types,
            self.event_kinds,
            None if self.minimum is None else Decimal(self.minimum),
            self.currency,
            self.every_months,
            tuple(tickler_rule.CategoryDays(each.category, each.days) for each in self.by_category),
            None if self.lapse is None else self.lapse.value(),
            self.unless_date,
        )
        tickler_rule.check(rule)
        return rule
