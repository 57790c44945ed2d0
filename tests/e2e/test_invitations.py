"""Invitations over HTTP: from the list to who came, and what was wanted before."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

NOBODY = UUID(int=1)
# One that is yet to come, and one that goes on, whenever this is run.
UNTIL = {"ends": "2190-11-14T22:00", "time_zone": "Europe/Paris"}
TO_COME, GOING_ON = "2190-11-14T18:00", "2001-01-01T18:00"
PIECES = [{"sku": "B-7", "serial_number": "S-7", "interested": True}, {"sku": "R-17", "interested": False}]
BRACELET = {
    "sku": "B-7",
    "serial_number": "S-7",
    "description": "Bracelet",
    "unit_value": "9400.00",
    "currency": "EUR",
}


@pytest.fixture
def associate(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def manager(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client(Role.MANAGER) as client:
        yield client


def done(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def scheduled(manager: httpx.Client, starts: str = TO_COME, *organizations: str) -> str:
    """The path of an event."""
    body = {"name": "Show", "kind": "gala", "organizations": organizations, "scope": {"reach": "national"}}
    return done(manager.post("/calendar-events", json={**body, "starts": starts, **UNTIL})).headers["Location"]


def client_of(associate: httpx.Client, family: str = "Leclerc") -> str:
    return str(done(associate.post("/clients", json={"name": {"family": family}})).json()["id"])


def listed(associate: httpx.Client, event: str, client_id: str, **said: Any) -> str:
    """The path of her invitation."""
    answer = done(associate.post(f"{event}/invitations", json={"client_id": client_id, **said}))
    assert answer.json()["id"] == client_id
    return answer.headers["Location"]


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def invited(associate: httpx.Client, event: str, after: httpx.Response, **filters: Any) -> dict[str, Any]:
    """Who is invited to an event, by her id, once what was told is known."""
    answer = done(associate.get(f"{event}/invitations", params=filters, headers=since(after)))
    return {each["client_id"]: each for each in answer.json()["items"]}


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


@pytest.mark.feature("BO-03", "BO-04", "BO-05", "WK-15")
def test_from_the_list_to_who_came(associate: httpx.Client, manager: httpx.Client) -> None:
    event, anne = scheduled(manager, GOING_ON), client_of(associate)
    paul, walk_in, undecided = (client_of(associate, family) for family in ("Martin", "Petit", "Roux"))
    hers = listed(associate, event, anne, party="couple")
    sent = done(associate.post(f"{hers}/sending", json={"channel": "letter", "remark": "By hand"}))
    outreach_id = sent.json()["id"]
    assert sent.headers["Location"] == f"/clients/{anne}/outreach/{outreach_id}"
    listed(associate, event, undecided)
    declining = listed(associate, event, paul)
    done(associate.put(f"{declining}/answer", json={"accepted": False}))
    done(associate.put(f"{hers}/answer", json={"accepted": True}))
    done(associate.post(f"{hers}/guests", json={"guest_id": paul}))
    done(associate.put(f"{hers}/attendance", json={"people": 2}))
    last = done(associate.put(f"{event}/invitations/{walk_in}/attendance", json={}))

    told = invited(associate, event, last)
    assert {id: each["standing"] for id, each in told.items()} == {
        anne: ["listed", "sent", "accepted", "attended"],
        paul: ["listed", "declined"],
        undecided: ["listed"],
        walk_in: ["attended", "came-without"],
    }
    assert [(each["outreach_id"], each["outcome"]) for each in told[anne]["sendings"]] == [(outreach_id, "sent")]
    assert (told[anne]["party"], told[anne]["seats"], told[anne]["answer"]["seats"]) == ("couple", 2, 2)
    assert (told[anne]["attendance"]["people"], told[walk_in]["attendance"]["people"]) == (2, 1)
    assert [each["client_id"] for each in told[anne]["guests"]] == [paul]
    assert (told[walk_in]["party"], told[walk_in]["seats"], told[walk_in]["listed_at"]) == (None, None, None)
    for standing, who in (("sent", {anne}), ("declined", {paul}), ("came-without", {walk_in}), ("accepted", {anne})):
        assert set(invited(associate, event, last, standing=standing)) == who
    first = done(associate.get(f"{event}/invitations", params={"limit": 3}))
    rest = done(associate.get(first.links["next"]["url"]))
    assert [each["name"]["family"] for each in (*first.json()["items"], *rest.json()["items"])] == [
        "Leclerc",
        "Martin",
        "Petit",
        "Roux",
    ]

    [shown] = done(associate.get(f"/clients/{anne}/invitations")).json()["items"]
    assert (shown["calendar_event"]["name"], shown["standing"]) == ("Show", told[anne]["standing"])
    lines = done(associate.get(f"/clients/{anne}/timeline")).json()["items"]
    kinds = {line["kind"]: line for line in lines if line.get("calendar_event") == "Show"}
    assert {*kinds} == {"invited", "answered", "attended"}
    assert (kinds["invited"]["id"], kinds["attended"]["on_list"]) == (outreach_id, True)

    # A letter that came back invited nobody, and who did not come after all was not there.
    done(associate.put(f"/clients/{anne}/outreach/{outreach_id}/outcome", json={"outcome": "bounced"}))
    done(associate.delete(f"{hers}/guests/{paul}"))
    last = done(associate.delete(f"{hers}/attendance"))
    told = invited(associate, event, last)
    assert (told[anne]["standing"], told[anne]["guests"]) == (["listed", "accepted"], [])
    last = done(associate.delete(declining))
    assert paul not in invited(associate, event, last)


@pytest.mark.feature("BO-04", "BO-05")
def test_what_is_wanted_by_whom_is_known_before_the_event(associate: httpx.Client, manager: httpx.Client) -> None:
    event, anne, paul = scheduled(manager), client_of(associate), client_of(associate, "Martin")
    done(manager.post(f"{event}/assortment", json={"pieces": [BRACELET]}))
    hers = listed(associate, event, anne)
    shown = done(associate.post(f"{hers}/previews", json={"pieces": PIECES, "remark": "For her daughter"}))
    last = done(associate.post(f"{event}/invitations/{paul}/previews", json={"pieces": PIECES[:1]}))

    def wanted(after: httpx.Response) -> list[tuple[str, str | None, str | None, list[str]]]:
        found = done(associate.get(f"{event}/interest", headers=since(after))).json()["items"]
        return [
            (each["sku"], each["serial_number"], each["description"], [one["client_id"] for one in each["wanted_by"]])
            for each in found
        ]

    assert wanted(last) == [("B-7", "S-7", "Bracelet", [anne, paul])]
    [preview] = invited(associate, event, shown)[anne]["previews"]
    assert (preview["preview_id"], preview["remark"]) == (shown.json()["id"], "For her daughter")
    assert [piece["interested"] for piece in preview["pieces"]] == [True, False]
    thinks_again = [{**PIECES[0], "interested": False}, {"sku": "R-17", "interested": True}]
    last = done(associate.put(shown.headers["Location"], json={"pieces": thinks_again}))
    assert wanted(last) == [("B-7", "S-7", "Bracelet", [paul]), ("R-17", None, None, [anne])]
    first = done(associate.get(f"{event}/interest", params={"limit": 1}))
    assert [each["sku"] for each in done(associate.get(first.links["next"]["url"])).json()["items"]] == ["R-17"]
    last = done(associate.put(shown.headers["Location"], json={"pieces": []}))
    assert wanted(last) == [("B-7", "S-7", "Bracelet", [paul])]


@pytest.mark.feature("BO-03", "WK-15")
def test_the_members_of_an_organization_are_invited_together(associate: httpx.Client, manager: httpx.Client) -> None:
    club = str(done(manager.post("/organizations", json={"name": f"Club {uuid4().hex}", "kind": "club"})).json()["id"])
    event = scheduled(manager, TO_COME, club)
    members = [client_of(associate) for _ in range(5)]
    for number, id in enumerate(members):
        tie = ["belonging", "interest"][number % 2]
        done(associate.post(f"/clients/{id}/memberships", json={"organization_id": club, "tie": tie}))
    by_hand, _, off, _, dead = members
    listed(associate, event, by_hand, party="couple")
    done(associate.delete(listed(associate, event, off)))
    done(associate.put(f"/clients/{dead}/death", json={}))
    key, body = {"Idempotency-Key": uuid4().hex}, {"organization_id": club}

    made = done(manager.post(f"{event}/invitations/from-organization", json=body, headers=key))
    again = done(manager.post(f"{event}/invitations/from-organization", json=body, headers=key))
    interested = {**body, "tie": "interest", "seats": 2, "party": "couple"}
    last = done(manager.post(f"{event}/invitations/from-organization", json=interested))

    alone = [{"code": "invitation.on_list", "clients": 1}, {"code": "invitation.taken_off", "clients": 1}]
    assert (made.json()["put_on"], made.json()["left_alone"]) == (2, alone)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (made.json(), "true")
    assert (last.json()["put_on"], last.json()["left_alone"]) == (2, [])
    told = invited(associate, event, last)
    assert {id: (each["party"], each["seats"], each["through"]) for id, each in told.items()} == {
        by_hand: ("couple", 2, None),
        members[1]: ("couple", 2, club),
        members[3]: ("couple", 2, club),
    }
    other = {**interested, "seats": 3}
    named(
        manager.post(f"{event}/invitations/from-organization", json=other, headers=key),
        422,
        "request.key_reused",
        "Idempotency-Key",
    )
    refused = associate.post(f"{event}/invitations/from-organization", json=body)
    named(refused, 403, "caller.not_allowed", None)


def test_her_death_takes_her_off_the_list_at_once(associate: httpx.Client, manager: httpx.Client) -> None:
    event, anne = scheduled(manager), client_of(associate)
    hers = listed(associate, event, anne)
    last = done(associate.put(f"/clients/{anne}/death", json={}))

    assert invited(associate, event, last) == {}
    named(associate.post(f"{hers}/sending", json={"channel": "letter"}), 409, "client.has_died", "client_id")
    alive = done(associate.delete(f"/clients/{anne}/death"))
    assert set(invited(associate, event, alive)) == {anne}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "", {}, "client_id"),
        ("POST", "", {"client_id": "anne"}, "client_id"),
        ("POST", "", {"client_id": str(NOBODY), "seats": 0}, "seats"),
        ("POST", "", {"client_id": str(NOBODY), "seats": 21}, "seats"),
        ("POST", "", {"client_id": str(NOBODY), "seats": "2"}, "seats"),
        ("POST", "", {"client_id": str(NOBODY), "party": "crowd"}, "party"),
        ("POST", "", {"client_id": str(NOBODY), "vip": True}, "vip"),
        ("POST", "/from-organization", {"organization_id": None}, "organization_id"),
        ("POST", "/from-organization", {"organization_id": str(NOBODY), "tie": "love"}, "tie"),
        ("POST", "/{}/sending", {}, "channel"),
        ("POST", "/{}/sending", {"channel": "pigeon"}, "channel"),
        ("POST", "/{}/sending", {"channel": "letter", "outcome": "lost"}, "outcome"),
        ("POST", "/{}/sending", {"channel": "letter", "outcome": "no-answer"}, "outcome"),
        ("POST", "/{}/sending", {"channel": "call", "outcome": "no-answer"}, "outcome"),
        ("POST", "/{}/sending", {"channel": "letter", "at": "2026-03-02T15:30:00"}, "at"),
        ("POST", "/{}/sending", {"channel": "letter", "at": "2189-03-02T15:30:00Z"}, "at"),
        ("POST", "/{}/sending", {"channel": "letter", "ticklers": [{"rule_id": "x"}]}, "ticklers.0.cause"),
        ("POST", "/{}/sending", {"channel": "letter", "remark": "a\x00b"}, "remark"),
        ("PUT", "/{}/answer", {}, "accepted"),
        ("PUT", "/{}/answer", {"accepted": "yes"}, "accepted"),
        ("PUT", "/{}/answer", {"accepted": True, "seats": 3}, "seats"),
        ("PUT", "/{}/answer", {"accepted": False, "seats": 1}, "seats"),
        ("PUT", "/{}/attendance", {"people": 0}, "people"),
        ("PUT", "/{}/attendance", {"people": 21}, "people"),
        ("PUT", "/{}/attendance", {"people": 1}, "at"),
        ("PUT", "/{}/attendance", {"at": "2026-02-30T12:00:00Z"}, "at"),
        ("POST", "/{}/previews", {}, "pieces"),
        ("POST", "/{}/previews", {"pieces": []}, "pieces"),
        ("POST", "/{}/previews", {"pieces": [PIECES[0]] * 2}, "pieces"),
        ("POST", "/{}/previews", {"pieces": [{"sku": "B-7"}]}, "pieces.0.interested"),
        ("POST", "/{}/previews", {"pieces": [{"sku": " ", "interested": True}]}, "pieces.0.sku"),
        ("POST", "/{}/previews", {"pieces": [PIECES[0]] * 201}, "pieces"),
        ("POST", "/{}/guests", {"guest_id": 7}, "guest_id"),
    ],
)
def test_what_cannot_be_said_of_an_invitation(
    associate: httpx.Client, manager: httpx.Client, method: str, path: str, body: Any, field: str
) -> None:
    event, anne = scheduled(manager), client_of(associate)
    listed(associate, event, anne)
    who = manager if "organization" in path else associate
    answer = who.request(method, f"{event}/invitations{path.format(anne)}", json=body)
    fields = [error["field"] for error in answer.json().get("errors", [])] or [answer.json().get("field")]
    assert (answer.status_code, field in fields) == (422, True), answer.text


def test_what_is_not_there_is_named(associate: httpx.Client, manager: httpx.Client) -> None:
    event, anne = scheduled(manager), client_of(associate)
    hers, nowhere = f"{event}/invitations/{anne}", f"/calendar-events/{NOBODY}"
    of_nobody = f"{event}/invitations/{NOBODY}"
    said: list[tuple[str, str, Any]] = [
        ("POST", "sending", {"channel": "letter"}),
        ("PUT", "answer", {"accepted": True}),
        ("DELETE", "attendance", None),
        ("POST", "guests", {"guest_id": client_of(associate)}),
    ]
    for method, part, body in said:
        named(associate.request(method, f"{hers}/{part}", json=body), 404, "invitation.unknown", "client_id")
        there_is_none = associate.request(method, f"{of_nobody}/{part}", json=body)
        named(there_is_none, 404, "client.unknown", "client_id")
        no_event = associate.request(method, f"{nowhere}/invitations/{anne}/{part}", json=body)
        named(no_event, 404, "calendar_event.unknown", "calendar_event_id")
    named(associate.delete(hers), 404, "invitation.unknown", "client_id")
    listed(associate, event, anne)
    named(associate.post(f"{hers}/guests", json={"guest_id": str(NOBODY)}), 404, "client.unknown", "guest_id")
    named(associate.post(f"{hers}/guests", json={"guest_id": anne}), 422, "invitation.invalid", "guest_id")
    named(associate.delete(f"{hers}/guests/{NOBODY}"), 404, "invitation.unknown", "guest_id")
    point = {"channel": "call", "contact_point_id": str(NOBODY)}
    named(associate.post(f"{hers}/sending", json=point), 404, "client.contact_point_unknown", "contact_point_id")
    correction = {"pieces": PIECES}
    named(associate.put(f"{hers}/previews/{NOBODY}", json=correction), 404, "invitation.unknown", "preview_id")
    club = {"organization_id": str(NOBODY)}
    from_nowhere = manager.post(f"{event}/invitations/from-organization", json=club)
    named(from_nowhere, 404, "organization.unknown", "organization_id")
    for path in ("invitations", "interest"):
        named(associate.get(f"{nowhere}/{path}"), 404, "calendar_event.unknown", "calendar_event_id")
    named(associate.get(f"/clients/{NOBODY}/invitations"), 404, "client.unknown", "client_id")
    cancelled = done(manager.post(f"{event}/cancellation", json={}))
    named(
        associate.put(f"{hers}/answer", json={"accepted": True}), 409, "calendar_event.cancelled", "calendar_event_id"
    )
    assert set(invited(associate, event, cancelled)) == {anne}, "what was recorded stays"
    assert associate.get(f"{event}/invitations", params={"standing": "asleep"}).status_code == 422
