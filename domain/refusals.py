"""Why a decision may be refused: one small tree, each leaf with a stable code.

A refusal names the field that is at fault, as the caller wrote it, whenever there is one. Messages never hold personal
data. Which HTTP status a refusal gets is decided in `infra/web/problems.py` and nowhere else.
"""

from typing import ClassVar


class Refusal(Exception):
    """A command or query that Carnet declines, with the reason a person can act on."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class NotAllowed(Refusal):
    code = "caller.not_allowed"
    title = "Your role does not allow this"


class DayInvalid(Refusal):
    code = "day.invalid"
    title = "There is no such day"


class ClientUnknown(Refusal):
    code = "client.unknown"
    title = "No such client"


class ClientDiffers(Refusal):
    code = "client.differs"
    title = "This client is registered with other data"


class ClientInvalid(Refusal):
    code = "client.invalid"
    title = "This cannot be true of a client"


class ClientHasDied(Refusal):
    code = "client.has_died"
    title = "This client has died"


class ContactPointUnknown(Refusal):
    code = "client.contact_point_unknown"
    title = "No such contact point"


class AddressUnknown(Refusal):
    code = "client.address_unknown"
    title = "No such address"


class NameUnknown(Refusal):
    code = "client.name_unknown"
    title = "No such name"


class DateUnknown(Refusal):
    code = "client.date_unknown"
    title = "No such date"


class TraitUnknown(Refusal):
    code = "client.trait_unknown"
    title = "No such trait"


class SaleUnknown(Refusal):
    code = "sale.unknown"
    title = "No such sale"


class SaleDiffers(Refusal):
    code = "sale.differs"
    title = "This sale is recorded with other content"


class SaleInvalid(Refusal):
    code = "sale.invalid"
    title = "The sale cannot have happened like this"


class ReturnExceedsSale(Refusal):
    code = "sale.return_exceeds"
    title = "More is returned than the sale has left"


class ReturnDiffers(Refusal):
    code = "sale.return_differs"
    title = "This return is recorded with other content"


class OrderExceeded(Refusal):
    code = "sale.order_exceeded"
    title = "More than the order has left"


class OrderDiffers(Refusal):
    code = "sale.order_differs"
    title = "This is recorded of the order with other content"


class CorrectionContradicts(Refusal):
    code = "sale.correction_contradicts"
    title = "What became of the sale since says otherwise"


class MarkUnknown(Refusal):
    code = "gift.mark_unknown"
    title = "No such mark"


class MarkDiffers(Refusal):
    code = "gift.mark_differs"
    title = "This is marked with other content"


class MarkInvalid(Refusal):
    code = "gift.mark_invalid"
    title = "This cannot be marked like this"


class MarksExceedLine(Refusal):
    code = "gift.marks_exceed"
    title = "More is marked than the line has"


class GiftReceiptUnknown(Refusal):
    code = "gift.receipt_unknown"
    title = "No such gift receipt"


class LinkUnknown(Refusal):
    code = "link.unknown"
    title = "No such link"


class LinkDiffers(Refusal):
    code = "link.differs"
    title = "These two are linked in another way"


class LinkInvalid(Refusal):
    code = "link.invalid"
    title = "Two people cannot be linked like this"


class RelationUnknown(Refusal):
    code = "relation.unknown"
    title = "No such relation"


class RelationKindTaken(Refusal):
    code = "relation.taken"
    title = "These words mean another relation"


class OrganizationUnknown(Refusal):
    code = "organization.unknown"
    title = "No such organization"


class OrganizationDiffers(Refusal):
    code = "organization.differs"
    title = "This organization was founded as another one"


class OrganizationInvalid(Refusal):
    code = "organization.invalid"
    title = "There can be no such organization"


class OrganizationIsClosed(Refusal):
    code = "organization.closed"
    title = "This organization is closed"


class MembershipUnknown(Refusal):
    code = "membership.unknown"
    title = "No such membership"


class MembershipInvalid(Refusal):
    code = "membership.invalid"
    title = "There can be no such membership"


class MembershipOverlaps(Refusal):
    code = "membership.overlaps"
    title = "The client has this tie at that time already"


class MembershipHasEnded(Refusal):
    code = "membership.ended"
    title = "This membership has ended"


class NoteUnknown(Refusal):
    code = "note.unknown"
    title = "No such note"


class NoteInvalid(Refusal):
    code = "note.invalid"
    title = "There can be no such note"


class NoteNotYours(Refusal):
    code = "note.not_yours"
    title = "Somebody else keeps this note"


class NoteIsWithdrawn(Refusal):
    code = "note.withdrawn"
    title = "This note was withdrawn"


class RegionUnknown(Refusal):
    code = "region.unknown"
    title = "No such region"


class RegionDiffers(Refusal):
    code = "region.differs"
    title = "This region is known with another name"


class StoreUnknown(Refusal):
    code = "store.unknown"
    title = "No such store"


class StoreDiffers(Refusal):
    code = "store.differs"
    title = "This store is known with other data"


class StoreInvalid(Refusal):
    code = "store.invalid"
    title = "This cannot be true of a store"


class AssociateUnknown(Refusal):
    code = "associate.unknown"
    title = "No such associate"


class AssociateDiffers(Refusal):
    code = "associate.differs"
    title = "This associate is known with other data"


class AssociateInvalid(Refusal):
    code = "associate.invalid"
    title = "This cannot be true of an associate"


class AffiliationUnknown(Refusal):
    code = "affiliation.unknown"
    title = "No such affiliation"


class AffiliationInvalid(Refusal):
    code = "affiliation.invalid"
    title = "Nobody can serve a client like this"


class AffiliationOverlaps(Refusal):
    code = "affiliation.overlaps"
    title = "She serves the client for this already"


class NotServing(Refusal):
    code = "affiliation.not_serving"
    title = "She does not serve this client then"


class PrimaryTaken(Refusal):
    code = "affiliation.primary_taken"
    title = "Somebody else is the primary associate"


class ReassignmentInvalid(Refusal):
    code = "reassignment.invalid"
    title = "A book cannot be reassigned like this"


class ItemUnknown(Refusal):
    code = "item.unknown"
    title = "No such item"


class ItemInvalid(Refusal):
    code = "item.invalid"
    title = "This cannot be true of an item"


class FeedUnknown(Refusal):
    code = "feed.unknown"
    title = "No such feed"


class MessageUnreadable(Refusal):
    code = "feed.unreadable"
    title = "This is no message of the format"


class CalendarEventUnknown(Refusal):
    code = "calendar_event.unknown"
    title = "No such calendar event"


class CalendarEventDiffers(Refusal):
    code = "calendar_event.differs"
    title = "This calendar event was scheduled as another one"


class CalendarEventInvalid(Refusal):
    code = "calendar_event.invalid"
    title = "There can be no such calendar event"


class CalendarEventIsCancelled(Refusal):
    code = "calendar_event.cancelled"
    title = "This calendar event is cancelled"


class PieceUnknown(Refusal):
    code = "calendar_event.piece_unknown"
    title = "No such piece in the assortment"


class InvitationUnknown(Refusal):
    code = "invitation.unknown"
    title = "No such invitation"


class InvitationInvalid(Refusal):
    code = "invitation.invalid"
    title = "Nobody can be invited like this"


class AlreadyOnList(Refusal):
    code = "invitation.on_list"
    title = "She is on the list already"


class TakenOffBefore(Refusal):
    code = "invitation.taken_off"
    title = "She was taken off the list"


class OutreachUnknown(Refusal):
    code = "outreach.unknown"
    title = "No such outreach"


class OutreachInvalid(Refusal):
    code = "outreach.invalid"
    title = "There can have been no such outreach"


class VisitUnknown(Refusal):
    code = "visit.unknown"
    title = "No such visit"


class VisitInvalid(Refusal):
    code = "visit.invalid"
    title = "There can have been no such visit"


class AppointmentUnknown(Refusal):
    code = "appointment.unknown"
    title = "No such appointment"


class AppointmentInvalid(Refusal):
    code = "appointment.invalid"
    title = "There can be no such appointment"


class AppointmentIsCancelled(Refusal):
    code = "appointment.cancelled"
    title = "This appointment is cancelled"


class TicklerUnknown(Refusal):
    code = "tickler.unknown"
    title = "No such tickler"


class TicklerInvalid(Refusal):
    code = "tickler.invalid"
    title = "This cannot be done with a tickler"


class TicklerHasEnded(Refusal):
    code = "tickler.ended"
    title = "This tickler has ended"


class TicklerIsTaken(Refusal):
    code = "tickler.taken"
    title = "Somebody else has this tickler"


class TicklerRuleUnknown(Refusal):
    code = "tickler_rule.unknown"
    title = "No such rule"


class TicklerRuleInvalid(Refusal):
    code = "tickler_rule.invalid"
    title = "There can be no such rule"


class FollowUpUnknown(Refusal):
    code = "follow_up.unknown"
    title = "No such follow-up"


class FollowUpInvalid(Refusal):
    code = "follow_up.invalid"
    title = "There can be no such follow-up"


class AttributionInvalid(Refusal):
    code = "attribution.invalid"
    title = "This cannot come from a calendar event"


class VersionStale(Refusal):
    code = "request.version_stale"
    title = "Somebody changed this in the meantime"


class KeyReused(Refusal):
    code = "request.key_reused"
    title = "This Idempotency-Key was used with another body"


class TooBusy(Refusal):
    code = "request.too_busy"
    title = "Too many people are changing this at once"


class PositionInvalid(Refusal):
    code = "request.position_invalid"
    title = "This position cannot be waited for"


class CursorInvalid(Refusal):
    code = "request.cursor_invalid"
    title = "This cursor continues nothing here"


class ReadModelBehind(Refusal):
    code = "read.behind"
    title = "What you wrote cannot be read yet"
