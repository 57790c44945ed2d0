"""Everything that a tickler can follow from, as one table: nothing is stored for a tickler, here they are made."""

from sqlalchemy import CTE, select, union_all

from queries.tickler.calendar import calendar_events
from queries.tickler.dates import dates
from queries.tickler.goods import bought_by
from queries.tickler.lapse import lapses
from queries.tickler.meetings import appointments, follow_ups, registrations, visits
from queries.tickler.purchases import gifts_of, owned, purchases
from queries.tickler.row import Ground, tickler_id


def ticklers(of: Ground, *, written: bool = True) -> CTE:
    """The ticklers of these clients by these rules that are due among the days asked about, and whatever was put off;
    with what somebody wrote herself, unless only rules count."""
    bought, gifts = bought_by(of), gifts_of(of)
    every = [
        dates(of, bought),
        calendar_events(of),
        purchases(of, bought, gifts),
        owned(of, bought, gifts),
        appointments(of),
        visits(of),
        lapses(of, bought),
        registrations(of, bought),
        *([follow_ups(of)] if written else []),
    ]
    rows = union_all(*every).subquery("cause")
    return select(rows, tickler_id(rows).label("tickler_id")).cte("found")
