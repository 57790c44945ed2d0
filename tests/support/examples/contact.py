"""An example of every event about outreach, visits without a sale, and appointments."""

from datetime import UTC, datetime

from domain import appointment, outreach, visit
from domain.calendar_event.facts import Held
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.tickler_cause import About
from tests.support.examples.who import ANN, BEN, SHOP

AT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
TIME = Held(AT, datetime(2026, 3, 2, 16, 30, tzinfo=UTC), "Europe/Paris")
LATER = Held(datetime(2026, 3, 9, 18, tzinfo=UTC), datetime(2026, 3, 9, 20, tzinfo=UTC), "Europe/Paris")

EXAMPLES: dict[str, object] = {
    "outreach.recorded.v1": outreach.OutreachRecorded(
        ANN,
        SHOP,
        "ines",
        "paris-1",
        AT,
        Direction.OUT,
        Channel.CALL,
        Purpose.CONVERSATIONAL,
        Outcome.REACHED,
        BEN,
        ("B-7", "S-1"),
        BEN,
        (About("birthday-call", str(ANN), "2026"),),
        "She will think about it",
    ),
    "outreach.outcome-corrected.v1": outreach.OutcomeCorrected(ANN, SHOP, Outcome.BOUNCED, Outcome.SENT),
    "outreach.withdrawn.v1": outreach.OutreachWithdrawn(ANN, SHOP),
    "visit.recorded.v1": visit.VisitRecorded(
        ANN, SHOP, "ines", "paris-1", AT, ("B-7",), "price", None, "Comes back with her husband"
    ),
    "visit.withdrawn.v1": visit.VisitWithdrawn(ANN, SHOP),
    "appointment.made.v1": appointment.AppointmentMade(ANN, SHOP, "ines", "paris-1", TIME, True, BEN, None),
    "appointment.moved.v1": appointment.AppointmentMoved(ANN, SHOP, LATER, TIME),
    "appointment.cancelled.v1": appointment.AppointmentCancelled(ANN, SHOP),
    "appointment.kept.v1": appointment.AppointmentKept(ANN, SHOP),
    "appointment.missed.v1": appointment.AppointmentMissed(ANN, SHOP),
}
