"""An example of every event about ticklers, their rules, and follow-ups."""

from datetime import date
from decimal import Decimal

from domain import follow_up, tickler, tickler_rule
from domain.tickler_cause import About, tickler_id
from domain.tickler_rule import CategoryDays, Cause, Lapse, Owner, Rule
from tests.support.examples.who import ANN, BEN, SHOP

ABOUT = About("birthday-call", str(BEN), "2026")
ID = tickler_id(ANN, ABOUT)

EXAMPLES: dict[str, object] = {
    "tickler.completed.v1": tickler.TicklerCompleted(ANN, ID, ABOUT, "ines", "She knew already"),
    "tickler.dismissed.v1": tickler.TicklerDismissed(ANN, ID, ABOUT, "ines", None),
    "tickler.snoozed.v1": tickler.TicklerSnoozed(ANN, ID, ABOUT, "ines", date(2026, 3, 9)),
    "tickler.handed-over.v1": tickler.TicklerHandedOver(ANN, ID, ABOUT, "marc", "ines"),
    "tickler.taken.v1": tickler.TicklerTaken(ANN, ID, ABOUT, "marc"),
    "tickler.reopened.v1": tickler.TicklerReopened(ANN, ID, ABOUT),
    "follow-up.written.v1": follow_up.FollowUpWritten(
        ANN, SHOP, "ines", "marc", date(2026, 3, 9), None, BEN, "Ask about the ring"
    ),
    "follow-up.corrected.v1": follow_up.FollowUpCorrected(
        ANN, SHOP, date(2026, 3, 10), date(2026, 4, 1), "Ask about the brooch"
    ),
    "follow-up.withdrawn.v1": follow_up.FollowUpWithdrawn(ANN, SHOP),
    "tickler-rule.set.v1": tickler_rule.RuleSet(
        "lapsed",
        2,
        Rule(
            Cause.LAPSE,
            "Call: she has not been here for long",
            0,
            0,
            60,
            Owner.CATEGORY,
            ("birthday",),
            ("jewelry",),
            ("ring",),
            ("gala",),
            Decimal("500.00"),
            "EUR",
            6,
            (CategoryDays("jewelry", -45),),
            Lapse("jewelry", 18, 60, Decimal("1.5")),
            "wedding",
        ),
        date(2026, 3, 2),
    ),
    "tickler-rule.switched-off.v1": tickler_rule.RuleSwitchedOff("lapsed", 3, date(2026, 4, 1)),
}
