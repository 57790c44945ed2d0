"""Stored name <-> event class, and the steps from old shapes to today's.

A stored name is for ever; a class may move.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, Final, get_args, get_origin, get_type_hints

from domain import (
    affiliation,
    appointment,
    associate,
    disclosure,
    follow_up,
    invitation_list,
    item,
    link,
    membership,
    note,
    organization,
    outreach,
    reassignment,
    receipt,
    relation,
    store,
    tickler,
    tickler_rule,
    visit,
)
from domain.calendar_event import events as calendar_event
from domain.client import events as client
from domain.invitation import events as invitation
from domain.personal import PERSONAL, Erased, Of
from domain.sale import events as sale

Step = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Upcast:
    """How the shape stored under an old name becomes that of the name `into`.

    `step` turns the fields as stored into the fields of the next version; a personal field is in clear, or `ERASED`.
    `personal` says what was personal in the old shape, with the field that holds the id of its person: the class that
    said so is gone.
    """

    into: str
    step: Step
    personal: Mapping[str, str] = field(default_factory=dict)


# The names of the parts of a stored event: no field of an event may be called like them, at any depth.
RESERVED: Final = frozenset({"meta", "data", "personal"})

EVENTS: Final[dict[str, type]] = {
    "client.registered.v1": client.ClientRegistered,
    "client.person-noted.v1": client.PersonNoted,
    "client.name-corrected.v1": client.NameCorrected,
    "client.name-added.v1": client.NameAdded,
    "client.name-removed.v1": client.NameRemoved,
    "client.salutation-set.v1": client.SalutationSet,
    "client.contact-point-added.v1": client.ContactPointAdded,
    "client.contact-point-removed.v1": client.ContactPointRemoved,
    "client.contact-state-set.v1": client.ContactStateSet,
    "client.surprises-set.v1": client.SurprisesSet,
    "client.address-added.v1": client.AddressAdded,
    "client.address-removed.v1": client.AddressRemoved,
    "client.residency-set.v1": client.ResidencySet,
    "client.date-added.v1": client.DateAdded,
    "client.date-removed.v1": client.DateRemoved,
    "client.trait-added.v1": client.TraitAdded,
    "client.trait-removed.v1": client.TraitRemoved,
    "client.death-recorded.v1": client.DeathRecorded,
    "client.death-withdrawn.v1": client.DeathWithdrawn,
    "sale.recorded.v1": sale.SaleRecorded,
    "sale.return-recorded.v1": sale.ReturnRecorded,
    "sale.lines-returned.v1": sale.LinesReturned,
    "sale.client-attached.v1": sale.ClientAttached,
    "sale.client-detached.v1": sale.ClientDetached,
    "sale.delivery-addressed.v1": sale.DeliveryAddressed,
    "sale.lines-arrived.v1": sale.LinesArrived,
    "sale.lines-handed-over.v1": sale.LinesHandedOver,
    "sale.lines-cancelled.v1": sale.LinesCancelled,
    "sale.corrected.v1": sale.SaleCorrected,
    "sale.line-serviced.v1": sale.LineServiced,
    "sale.gift-marked.v1": sale.GiftMarked,
    "sale.kept-for-herself.v1": sale.KeptForHerself,
    "sale.mark-removed.v1": sale.MarkRemoved,
    "sale.gift-release-set.v1": sale.GiftReleaseSet,
    "sale.gift-proposal-declined.v1": sale.ProposalDeclined,
    "sale.attributed.v1": sale.SaleAttributed,
    "sale.attribution-removed.v1": sale.AttributionRemoved,
    "link.begun.v1": link.LinkBegun,
    "link.ended.v1": link.LinkEnded,
    "link.anniversary-set.v1": link.AnniversarySet,
    "link.couple-salutation-set.v1": link.CoupleSalutationSet,
    "relation.kind-added.v1": relation.RelationKindAdded,
    "organization.founded.v1": organization.OrganizationFounded,
    "organization.renamed.v1": organization.OrganizationRenamed,
    "organization.rescoped.v1": organization.OrganizationRescoped,
    "organization.closed.v1": organization.OrganizationClosed,
    "organization.reopened.v1": organization.OrganizationReopened,
    "membership.begun.v1": membership.MembershipBegun,
    "membership.ended.v1": membership.MembershipEnded,
    "membership.corrected.v1": membership.MembershipCorrected,
    "membership.taken-back.v1": membership.MembershipTakenBack,
    "note.written.v1": note.NoteWritten,
    "note.corrected.v1": note.NoteCorrected,
    "note.privacy-changed.v1": note.NotePrivacyChanged,
    "note.handed-over.v1": note.NoteHandedOver,
    "note.withdrawn.v1": note.NoteWithdrawn,
    "affiliation.begun.v1": affiliation.AffiliationBegun,
    "affiliation.ended.v1": affiliation.AffiliationEnded,
    "affiliation.corrected.v1": affiliation.AffiliationCorrected,
    "affiliation.withdrawn.v1": affiliation.AffiliationWithdrawn,
    "affiliation.primary-named.v1": affiliation.PrimaryNamed,
    "reassignment.ordered.v1": reassignment.ReassignmentOrdered,
    "reassignment.completed.v1": reassignment.ReassignmentCompleted,
    "region.formed.v1": store.RegionFormed,
    "store.opened.v1": store.StoreOpened,
    "store.joined-region.v1": store.StoreJoinedRegion,
    "store.closed.v1": store.StoreClosed,
    "associate.joined.v1": associate.AssociateJoined,
    "associate.moved.v1": associate.AssociateMoved,
    "associate.role-given.v1": associate.RoleGiven,
    "associate.left.v1": associate.AssociateLeft,
    "calendar-event.scheduled.v1": calendar_event.CalendarEventScheduled,
    "calendar-event.described.v1": calendar_event.CalendarEventDescribed,
    "calendar-event.moved.v1": calendar_event.CalendarEventMoved,
    "calendar-event.rescoped.v1": calendar_event.CalendarEventRescoped,
    "calendar-event.put-on-calendar.v1": calendar_event.PutOnCalendar,
    "calendar-event.taken-off-calendar.v1": calendar_event.TakenOffCalendar,
    "calendar-event.cancelled.v1": calendar_event.CalendarEventCancelled,
    "calendar-event.reinstated.v1": calendar_event.CalendarEventReinstated,
    "calendar-event.assortment-brought.v1": calendar_event.AssortmentBrought,
    "calendar-event.piece-taken-out.v1": calendar_event.PieceTakenOut,
    "calendar-event.target-set.v1": calendar_event.TargetSet,
    "calendar-event.target-removed.v1": calendar_event.TargetRemoved,
    "invitation.put-on-list.v1": invitation.PutOnList,
    "invitation.taken-off-list.v1": invitation.TakenOffList,
    "invitation.sent.v1": invitation.InvitationSent,
    "invitation.answered.v1": invitation.InvitationAnswered,
    "invitation.attended.v1": invitation.Attended,
    "invitation.attendance-withdrawn.v1": invitation.AttendanceWithdrawn,
    "invitation.pieces-previewed.v1": invitation.PiecesPreviewed,
    "invitation.guest-brought.v1": invitation.GuestBrought,
    "invitation.guest-removed.v1": invitation.GuestRemoved,
    "invitation-list.made.v1": invitation_list.ListMade,
    "outreach.recorded.v1": outreach.OutreachRecorded,
    "outreach.outcome-corrected.v1": outreach.OutcomeCorrected,
    "outreach.withdrawn.v1": outreach.OutreachWithdrawn,
    "visit.recorded.v1": visit.VisitRecorded,
    "visit.withdrawn.v1": visit.VisitWithdrawn,
    "appointment.made.v1": appointment.AppointmentMade,
    "appointment.moved.v1": appointment.AppointmentMoved,
    "appointment.cancelled.v1": appointment.AppointmentCancelled,
    "appointment.kept.v1": appointment.AppointmentKept,
    "appointment.missed.v1": appointment.AppointmentMissed,
    "tickler.completed.v1": tickler.TicklerCompleted,
    "tickler.dismissed.v1": tickler.TicklerDismissed,
    "tickler.snoozed.v1": tickler.TicklerSnoozed,
    "tickler.handed-over.v1": tickler.TicklerHandedOver,
    "tickler.taken.v1": tickler.TicklerTaken,
    "tickler.reopened.v1": tickler.TicklerReopened,
    "follow-up.written.v1": follow_up.FollowUpWritten,
    "follow-up.corrected.v1": follow_up.FollowUpCorrected,
    "follow-up.withdrawn.v1": follow_up.FollowUpWithdrawn,
    "tickler-rule.set.v1": tickler_rule.RuleSet,
    "tickler-rule.switched-off.v1": tickler_rule.RuleSwitchedOff,
    "item.described.v1": item.ItemDescribed,
    "disclosure.made.v1": disclosure.DisclosureMade,
    "receipt.command-answered.v1": receipt.CommandAnswered,
}

# Old stored names. Steps are chained until a name of EVENTS is reached.
UPCASTS: Final[dict[str, Upcast]] = {}

# Events that stay inside: neither relayed nor projected.
INTERNAL: Final = frozenset({"receipt.command-answered.v1"})


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the codec knows about events. Made once; refuses an event that could not be stored safely."""

    events: Mapping[str, type]
    upcasts: Mapping[str, Upcast] = field(default_factory=dict)
    internal: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(set(self.events.values())) < len(self.events):
            raise TypeError("an event class has two stored names")
        for cls in self.events.values():
            personal_fields(cls)
            _refuse_hidden(cls)
        for old, upcast in self.upcasts.items():
            if old in self.events:
                raise TypeError(f"{old} is both current and old")
            if upcast.into not in self.events and upcast.into not in self.upcasts:
                raise TypeError(f"{old} turns into {upcast.into}, which nothing knows")

    def names(self) -> dict[type, str]:
        return {cls: name for name, cls in self.events.items()}

    def resolve(self, name: str) -> tuple[type, list[Upcast]]:
        """The class for a stored name, with the steps that lead to it; `KeyError` for a name nobody ever stored."""
        steps: list[Upcast] = []
        while name not in self.events:
            steps.append(self.upcasts[name])
            name = steps[-1].into
        return self.events[name], steps


def personal_fields(event: type) -> Mapping[str, str]:
    """Each personal field of an event, with the field that holds the id of its person."""
    return _personal_fields(event)


@cache
def _personal_fields(event: type) -> Mapping[str, str]:
    found: dict[str, str] = {}
    hints = get_type_hints(event, include_extras=True)
    for name in (f.name for f in fields(event)):
        marks = getattr(hints[name], "__metadata__", ())
        if PERSONAL not in marks:
            continue
        person = next((mark.field for mark in marks if isinstance(mark, Of)), getattr(event, "PERSON", None))
        if person not in hints:
            raise TypeError(f"{event.__qualname__}.{name} is personal, but not whose it is")
        found[name] = person
    if sealed := found.keys() & set(found.values()):
        raise TypeError(f"{event.__qualname__}: {', '.join(sealed)} says whose something is, and cannot be personal")
    return found


def _refuse_hidden(event: type) -> None:
    """A personal field below the top level would be stored in clear; a reserved name would break the stored layout."""
    for depth, owner, name, hint in _walk(event, 0):
        if name in RESERVED:
            raise TypeError(f"{owner}.{name}: this name is reserved")
        if depth > 0 and (PERSONAL in getattr(hint, "__metadata__", ()) or hint is Erased):
            raise TypeError(f"{owner}.{name}: personal fields stand at the top level of an event only")


def _walk(cls: type, depth: int) -> Iterator[tuple[int, str, str, Any]]:
    hints = get_type_hints(cls, include_extras=True)
    for f in fields(cls):
        yield depth, cls.__qualname__, f.name, hints[f.name]
        for inner in _dataclasses_in(hints[f.name]):
            if inner is not Erased:
                yield from _walk(inner, depth + 1)


def _dataclasses_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    elif get_origin(hint) is not ClassVar:
        for arg in get_args(hint):
            yield from _dataclasses_in(arg)


CATALOG: Final = Catalog(EVENTS, UPCASTS, INTERNAL)
