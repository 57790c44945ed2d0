"""Which rules do ticklers follow from, since when, and what did people do with a tickler?

That there is one is no row: causes are joined with the rules in force when it is asked.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from domain.follow_up import FollowUpCorrected, FollowUpWithdrawn, FollowUpWritten
from domain.personal import Erased, unless_erased
from domain.tickler import (
    TicklerCompleted,
    TicklerDismissed,
    TicklerHandedOver,
    TicklerReopened,
    TicklerSnoozed,
    TicklerTaken,
)
from domain.tickler_rule import Rule, RuleSet, RuleSwitchedOff
from projections.projection import Projection, Rows

ticklers: Final = Projection("ticklers", 1)

# A version that is switched off has no cause: nothing follows from it.
rule: Final = ticklers.owned(
    "tickler_rule",
    "key",
    Column("version", Integer, primary_key=True),
    Column("rule_id", Text),
    Column("since", Date),  # until the next version's day
    Column("cause", Text),
    Column("text", Text),
    Column("days", Integer),
    Column("shown", Integer),
    Column("expires", Integer),
    Column("owner", Text),
    Column("dates", ARRAY(Text)),
    Column("categories", ARRAY(Text)),
    Column("types", ARRAY(Text)),
    Column("event_kinds", ARRAY(Text)),
    Column("minimum", Numeric),
    Column("currency", Text),
    Column("every_months", Integer),
    Column("by_category", JSONB),  # objects of `category` and `days`
    Column("lapse_category", Text),
    Column("lapse_months", Integer),
    Column("lapse_within_months", Integer),
    Column("lapse_times", Numeric),
    Column("unless_date", Text),
    Column("event_id", Uuid),
    Column("set_at", DateTime(timezone=True)),
    Column("set_by", Text),
)

# What was done with it last; `snoozed_until` counts for as long as it is open.
done: Final = ticklers.owned(
    "tickler",
    "client_id",
    Column("tickler_id", Uuid, primary_key=True),
    Column("rule_id", Text),
    Column("cause", Text),
    Column("occurrence", Text),
    Column("ended", Text),  # `completed` or `dismissed`
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("remark", Text),
    Column("snoozed_until", Date),
    Column("owner", Text),  # to whom it was handed over, or who took it
    Column("taken", Boolean),
    Column("stream_version", Integer),
)
Index(f"{done.name}_owner", done.c.owner, done.c.client_id, postgresql_where=done.c.owner.is_not(None))
# Few: those that were put off and are open.
Index(
    f"{done.name}_put_off",
    done.c.client_id,
    postgresql_where=done.c.snoozed_until.is_not(None) & done.c.ended.is_(None),
)

follow_up: Final = ticklers.owned(
    "follow_up",
    "client_id",
    Column("follow_up_id", Uuid, primary_key=True),
    Column("author", Text),
    Column("owner", Text),
    Column("due_on", Date),
    Column("expires_on", Date),
    Column("calendar_event_id", Uuid),
    Column("text", Text),
    Column("event_id", Uuid),
    Column("written_at", DateTime(timezone=True)),
    Column("stream_version", Integer),
)
Index(f"{follow_up.name}_owner", follow_up.c.owner, follow_up.c.due_on)

COMPLETED: Final = "completed"
DISMISSED: Final = "dismissed"


@ticklers.on(RuleSet)
def rule_set(event: RuleSet, rows: Rows) -> None:
    rows.put(rule, **_version(event, rows), **said(event.rule))


@ticklers.on(RuleSwitchedOff)
def rule_switched_off(event: RuleSwitchedOff, rows: Rows) -> None:
    rows.put(rule, **_version(event, rows))


@ticklers.on(TicklerCompleted)
def completed(event: TicklerCompleted, rows: Rows) -> None:
    _ended(COMPLETED, event, event.remark, rows)


@ticklers.on(TicklerDismissed)
def dismissed(event: TicklerDismissed, rows: Rows) -> None:
    _ended(DISMISSED, event, event.reason, rows)


@ticklers.on(TicklerSnoozed)
def snoozed(event: TicklerSnoozed, rows: Rows) -> None:
    _became(event, rows, snoozed_until=event.until)


@ticklers.on(TicklerHandedOver)
def handed_over(event: TicklerHandedOver, rows: Rows) -> None:
    _became(event, rows, owner=event.to)


@ticklers.on(TicklerTaken)
def taken(event: TicklerTaken, rows: Rows) -> None:
    _became(event, rows, owner=event.associate_id, taken=True)


@ticklers.on(TicklerReopened)
def reopened(event: TicklerReopened, rows: Rows) -> None:
    _became(event, rows, ended=None, ended_by=None, ended_at=None, remark=None)


@ticklers.on(FollowUpWritten)
def follow_up_written(event: FollowUpWritten, rows: Rows) -> None:
    rows.put(
        follow_up,
        follow_up_id=event.follow_up_id,
        author=event.author,
        owner=event.owner,
        due_on=event.due_on,
        expires_on=event.expires_on,
        calendar_event_id=event.calendar_event_id,
        text=unless_erased(event.text),
        event_id=rows.recorded.event_id,
        written_at=rows.recorded.recorded_at,
        stream_version=rows.recorded.stream_version,
    )


@ticklers.on(FollowUpCorrected)
def follow_up_corrected(event: FollowUpCorrected, rows: Rows) -> None:
    rows.patch(
        follow_up,
        follow_up_id=event.follow_up_id,
        due_on=event.due_on,
        expires_on=event.expires_on,
        text=unless_erased(event.text),
        event_id=rows.recorded.event_id,
        stream_version=rows.recorded.stream_version,
    )


@ticklers.on(FollowUpWithdrawn)
def follow_up_withdrawn(event: FollowUpWithdrawn, rows: Rows) -> None:
    rows.drop(follow_up, follow_up_id=event.follow_up_id)


def _ended(how: str, event: TicklerCompleted | TicklerDismissed, said: str | Erased | None, rows: Rows) -> None:
    _became(
        event,
        rows,
        ended=how,
        ended_by=event.associate_id,
        ended_at=rows.recorded.recorded_at,
        remark=unless_erased(said),
    )


def _became(event: Any, rows: Rows, **columns: Any) -> None:
    """The first event of the stream begins the row."""
    ask = rows.put if rows.recorded.stream_version == 1 else rows.patch
    ask(
        done,
        tickler_id=event.tickler_id,
        rule_id=event.about.rule_id,
        cause=event.about.cause,
        occurrence=event.about.occurrence,
        **columns,
        stream_version=rows.recorded.stream_version,
    )


def _version(event: RuleSet | RuleSwitchedOff, rows: Rows) -> dict[str, Any]:
    recorded = rows.recorded
    return {
        "version": event.version,
        "rule_id": event.rule_id,
        "since": event.since,
        "event_id": recorded.event_id,
        "set_at": recorded.recorded_at,
        "set_by": recorded.actor,
    }


def said(rule: Rule) -> dict[str, Any]:
    """What a rule says, as columns."""
    lapse = rule.lapse
    return {
        "cause": rule.cause.value,
        "text": rule.text,
        "days": rule.days,
        "shown": rule.shown,
        "expires": rule.expires,
        "owner": rule.owner.value,
        "dates": list(rule.dates),
        "categories": list(rule.categories),
        "types": list(rule.types),
        "event_kinds": list(rule.event_kinds),
        "minimum": rule.minimum,
        "currency": rule.currency,
        "every_months": rule.every_months,
        "by_category": [{"category": each.category, "days": each.days} for each in rule.by_category],
        "lapse_category": lapse and lapse.category,
        "lapse_months": lapse and lapse.months,
        "lapse_within_months": lapse and lapse.within_months,
        "lapse_times": lapse and lapse.times,
        "unless_date": rule.unless_date,
    }
