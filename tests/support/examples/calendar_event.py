"""An example of every event about a calendar event, and about who is invited to it."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.calendar_event import events as calendar_event
from domain.calendar_event.facts import Held, Piece, piece_id
from domain.contact import Channel
from domain.invitation import events as invitation
from domain.invitation.events import Party, Shown, invitation_id
from domain.invitation_list import ListMade
from domain.left_alone import LeftAlone
from domain.membership import Tie
from domain.scope import Reach, Scope
from tests.support.examples.who import ANN, BEN, SHOP

EVENING = Held(datetime(2026, 10, 24, 17, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC), "Europe/Paris")
DAY = Held(datetime(2026, 11, 14, 9, tzinfo=UTC), datetime(2026, 11, 15, 17, tzinfo=UTC), "Asia/Tokyo")
AT = datetime(2026, 10, 2, 15, 30, tzinfo=UTC)
HERS = invitation_id(SHOP, ANN)

EXAMPLES: dict[str, object] = {
    "calendar-event.scheduled.v1": calendar_event.CalendarEventScheduled(
        SHOP, "Aurélie, autumn", "trunk-show", (BEN,), Scope(Reach.STORE, None, "paris-1"), EVENING, "Salon Opale"
    ),
    "calendar-event.described.v1": calendar_event.CalendarEventDescribed(SHOP, "Aurélie, winter", "preview", None),
    "calendar-event.moved.v1": calendar_event.CalendarEventMoved(SHOP, DAY, EVENING),
    "calendar-event.rescoped.v1": calendar_event.CalendarEventRescoped(SHOP, Scope(Reach.REGIONAL, "europe")),
    "calendar-event.put-on-calendar.v1": calendar_event.PutOnCalendar(SHOP, ANN),
    "calendar-event.taken-off-calendar.v1": calendar_event.TakenOffCalendar(SHOP, ANN),
    "calendar-event.cancelled.v1": calendar_event.CalendarEventCancelled(SHOP, "The maker is ill"),
    "calendar-event.reinstated.v1": calendar_event.CalendarEventReinstated(SHOP),
    "calendar-event.assortment-brought.v1": calendar_event.AssortmentBrought(
        SHOP,
        (
            Piece("B-7", "Bracelet", 1, Decimal("9400.00"), "EUR", "S-0007", "Aurélie", "jewelry", consigned=True),
            Piece("S-1", "Scarf", 12, Decimal("240.00"), "EUR"),
        ),
    ),
    "calendar-event.piece-taken-out.v1": calendar_event.PieceTakenOut(SHOP, piece_id(SHOP, "S-1", None)),
    "calendar-event.target-set.v1": calendar_event.TargetSet(SHOP, "paris-1", "ines", Decimal("20000.00"), "EUR"),
    "calendar-event.target-removed.v1": calendar_event.TargetRemoved(SHOP, "paris-1", None),
    "invitation.put-on-list.v1": invitation.PutOnList(ANN, HERS, SHOP, Party.COUPLE, 2, BEN),
    "invitation.taken-off-list.v1": invitation.TakenOffList(ANN, HERS, SHOP),
    "invitation.sent.v1": invitation.InvitationSent(ANN, HERS, SHOP, BEN, Channel.LETTER, "ines", AT),
    "invitation.answered.v1": invitation.InvitationAnswered(ANN, HERS, SHOP, True, 2, AT),
    "invitation.attended.v1": invitation.Attended(ANN, HERS, SHOP, 2, AT),
    "invitation.attendance-withdrawn.v1": invitation.AttendanceWithdrawn(ANN, HERS, SHOP),
    "invitation.pieces-previewed.v1": invitation.PiecesPreviewed(
        ANN, HERS, SHOP, BEN, "ines", AT, (Shown("B-7", "S-0007", True), Shown("S-1", None, False)), "For her daughter"
    ),
    "invitation.guest-brought.v1": invitation.GuestBrought(ANN, HERS, SHOP, BEN),
    "invitation.guest-removed.v1": invitation.GuestRemoved(ANN, HERS, SHOP, BEN),
    "invitation-list.made.v1": ListMade(
        BEN, SHOP, ANN, Tie.INTEREST, Party.COUPLE, 2, 180, (LeftAlone("invitation.on_list", 12),)
    ),
}
