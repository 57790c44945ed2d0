"""Slow, simple answers to what is asked about contacts: one reading of the whole list of events each."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import appointment, outreach, store, visit
from domain.contact import Outcome, settles
from domain.personal import Erased
from domain.tickler_cause import tickler_id
from projections.projection import Recorded
from tests.support.oracles import Answer, card_of


def outreach_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Every outreach to her and from her that was not withdrawn, as the last event left it, newest first."""
    found = []
    for id, its in _streams(log, outreach.OutreachRecorded, client_id):
        now = outreach.after(each.event for each in its)
        said = now.recorded
        assert said is not None
        if now.withdrawn:
            continue
        found.append(
            {
                "outreach_id": id,
                "associate_id": said.associate_id,
                "store_id": said.store_id,
                "at": said.at,
                "direction": said.direction,
                "channel": said.channel,
                "purpose": said.purpose,
                "outcome": now.outcome,
                "contact_point_id": said.contact_point_id,
                "items": list(said.items),
                "calendar_event_id": said.calendar_event_id,
                "ticklers": sorted((tickler_id(client_id, each) for each in said.ticklers), key=str),
                "settles": settles(said.channel, now.outcome or said.outcome),
                "remark": None if isinstance(said.remark, Erased) else said.remark,
                "recorded_at": its[0].recorded_at,
                "version": len(its),
            }
        )
    found.sort(key=lambda each: str(each["outreach_id"]))
    return sorted(found, key=lambda each: each["at"], reverse=True)


def last_conversation(log: Sequence[Recorded], client_id: UUID) -> Answer | None:
    """The last outreach that reached her, or from her that somebody took."""
    spoken = [each for each in outreach_of(log, client_id) if each["outcome"] is Outcome.REACHED]
    return spoken[0] if spoken else None


def reached_at(log: Sequence[Recorded], client_id: UUID, *, surprise: bool) -> list[Answer]:
    """The contact points to use, the best first: confirmed ones, phones, the newest."""
    card = card_of(log, client_id)
    points = [
        each
        for each in (card or {"contact_points": []})["contact_points"]
        if each["state"] not in {"bouncing", "opted_out"} and not (surprise and each["not_for_surprises"])
    ]
    points.sort(key=lambda each: each["added_at"], reverse=True)
    return sorted(points, key=lambda each: (each["state"] != "confirmed", each["kind"] != "phone"))


def visits_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Her visits without a sale that were not withdrawn, in no order that means anything."""
    found = []
    for id, its in _streams(log, visit.VisitRecorded, client_id):
        now = visit.after(each.event for each in its)
        said = now.recorded
        assert said is not None
        if not now.withdrawn:
            told = {
                name: getattr(said, name) for name in ("associate_id", "store_id", "at", "reason", "calendar_event_id")
            }
            remark = None if isinstance(said.remark, Erased) else said.remark
            found.append({"visit_id": id, **told, "items": list(said.items), "remark": remark})
    return found


def appointments_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Her appointments as the last event left them, in the order of their beginning."""
    card = card_of(log, client_id)
    found = []
    for id, its in _streams(log, appointment.AppointmentMade, client_id):
        now = appointment.after(each.event for each in its)
        made, time = now.made, now.time
        assert made is not None
        assert time is not None
        over = {None: "open", True: "kept", False: "missed"}[now.kept]
        found.append(
            {
                "appointment_id": id,
                "client_id": client_id,
                "name": card and card["name"],
                "associate_id": made.associate_id,
                "store_id": made.store_id,
                "starts_at": time.starts_at,
                "ends_at": time.ends_at,
                "time_zone": time.time_zone,
                "day": time.starts_at.astimezone(ZoneInfo(time.time_zone)).date(),
                "out_of_hours": made.out_of_hours,
                "standing": "cancelled" if now.cancelled else over,
                "calendar_event_id": made.calendar_event_id,
                "remark": None if isinstance(made.remark, Erased) else made.remark,
                "recorded_at": its[0].recorded_at,
                "version": len(its),
            }
        )
    found.sort(key=lambda each: str(each["appointment_id"]))
    return sorted(found, key=lambda each: each["starts_at"])


def actions(log: Sequence[Recorded], clients: Sequence[UUID], whose: Answer, first: date, last: date) -> Answer:
    """What was done for these clients from a day to another, of what is of this store or associate."""

    def on(at: datetime, store_id: str | None) -> bool:
        return first <= at.astimezone(zone_of(log, store_id)).date() <= last

    contacts = [
        {**each, "client_id": id}
        for id in clients
        for each in outreach_of(log, id)
        if whose.items() <= each.items() and on(each["at"], each["store_id"])
    ]
    visits = [
        each
        for id in clients
        for each in visits_of(log, id)
        if whose.items() <= each.items() and on(each["at"], each["store_id"])
    ]
    appointments = [
        each
        for id in clients
        for each in appointments_of(log, id)
        if whose.items() <= each.items() and first <= each["day"] <= last
    ]
    who = sorted({each["associate_id"] for each in (*contacts, *visits, *appointments)})
    by_associate = [
        {
            "associate_id": id,
            **_figures(
                *([each for each in of if each["associate_id"] == id] for of in (contacts, visits, appointments))
            ),
        }
        for id in who
    ]
    return {"from": first, "to": last, **_figures(contacts, visits, appointments), "associates": by_associate}


def _figures(contacts: list[Answer], visits: list[Answer], appointments: list[Answer]) -> Answer:
    kinds = Counter((each["direction"], each["channel"], each["purpose"], each["outcome"]) for each in contacts)
    reasons = Counter(each["reason"] for each in visits)
    standing = Counter(each["standing"] for each in appointments)
    return {
        "outreach": [
            {"direction": way, "channel": channel, "purpose": purpose, "outcome": outcome, "contacts": number}
            for (way, channel, purpose, outcome), number in sorted(kinds.items())
        ],
        "clients_contacted": len({each["client_id"] for each in contacts if each["direction"] == "out"}),
        "clients_reached": len({each["client_id"] for each in contacts if each["outcome"] == "reached"}),
        "visits": [
            {"reason": reason, "visits": reasons[reason]}
            for reason in [*sorted(each for each in reasons if each is not None), *([None] if None in reasons else [])]
        ],
        "appointments": {
            "made": len(appointments),
            **{each: standing[each] for each in ("open", "kept", "missed", "cancelled")},
            "out_of_hours": sum(each["out_of_hours"] for each in appointments),
        },
    }


def zone_of(log: Sequence[Recorded], store_id: str | None) -> ZoneInfo:
    its = [each.event for each in log if store_id and each.stream_id == store.stream_id(store_id)]
    opened = store.after(its).opened
    return ZoneInfo(opened.time_zone if opened else "UTC")


def _streams(log: Sequence[Recorded], first: type, client_id: UUID) -> list[tuple[UUID, list[Recorded]]]:
    """The streams of hers that begin with an event of this type."""
    begun = [each.stream_id for each in log if isinstance(each.event, first) and each.key == client_id]
    return [(id, [each for each in log if each.stream_id == id]) for id in begun]
