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
