"""Slow, simple answers to what is asked about contacts: one reading of the whole list of events each."""

from collections.abc import Sequence
from uuid import UUID

from domain import outreach
from domain.outreach import Outcome
from domain.personal import Erased
from projections.projection import Recorded
from tests.support.oracles import Answer, card_of


def outreach_of(log: Sequence[Recorded], client_id: UUID) -> list[Answer]:
    """Every outreach to her and from her that was not withdrawn, as the last event left it, newest first."""
    streams = {each.stream_id for each in log if isinstance(each.event, outreach.Event) and each.key == client_id}
    found = []
    for id in streams:
        its = [each for each in log if each.stream_id == id]
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
