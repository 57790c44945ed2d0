"""Notes over HTTP: who reads them, how they change, and that nobody else learns of a private one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.access import Caller, Role
from tests.support.running import CALLERS, Running

NOBODY = UUID(int=1)
MARC = Caller("associate-2", Role.ASSOCIATE, "paris-1")
ASSISTANT = Caller("assistant-1", Role.ASSOCIATE, "paris-1", on_behalf_of="associate-1")
OTHERS = [MARC, ASSISTANT, *(CALLERS[role] for role in (Role.MANAGER, Role.HEAD_OFFICE, Role.AUDITOR))]


@contextmanager
def asking(carnet: Running, who: Caller) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {carnet.token(who)}"}
    with httpx.Client(base_url=carnet.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def author(carnet: Running) -> Iterator[httpx.Client]:
    with carnet.client() as client:
        yield client


@pytest.fixture
def anne(author: httpx.Client) -> str:
    return author.post("/clients", json={"name": {"family": "Leclerc"}}).headers["Location"]


def written(author: httpx.Client, client: str, text: str, privacy: str = "open", *circle: str) -> httpx.Response:
    answer = author.post(f"{client}/notes", json={"text": text, "privacy": privacy, "circle": circle})
    assert answer.status_code == 201, answer.text
    return answer


def since(write: httpx.Response) -> dict[str, str]:
    return {"Carnet-Position": write.headers["Carnet-Position"]}


def texts(caller: httpx.Client, client: str, seen: httpx.Response) -> list[str | None]:
    answer = caller.get(f"{client}/notes", headers=since(seen))
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.json()["items"]]


def told(carnet: Running, client: str, seen: httpx.Response) -> list[str]:
    with carnet.client(Role.AUDITOR) as auditor:
        answer = auditor.get(f"{client}/history", headers=since(seen))
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["items"]][::-1]


def named(answer: httpx.Response, status: int, code: str, field: str | None) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (status, code, field), answer.text


@pytest.mark.feature("CS-04", "CS-05", "CS-45")
@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.id)
def test_everybody_reads_open_notes_her_circle_its_own_and_nobody_private_ones(
    carnet: Running, author: httpx.Client, anne: str, who: Caller
) -> None:
    written(author, anne, "Prefers gold.")
    written(author, anne, "In divorce.", "private")
    last = written(author, anne, "A surprise for May.", "circle", "associate-2")

    assert texts(author, anne, last) == ["A surprise for May.", "In divorce.", "Prefers gold."]
    with asking(carnet, who) as other:
        assert texts(other, anne, last) == [*(["A surprise for May."] if who is MARC else []), "Prefers gold."]


@pytest.mark.feature("CS-45")
def test_a_note_is_corrected_in_the_open_and_its_earlier_wording_stays(
    carnet: Running, author: httpx.Client, anne: str
) -> None:
    note = written(author, anne, "Prefers gold.\nAlways.")
    place = note.headers["Location"]
    corrected = author.put(f"{place}/text", json={"text": "Prefers silver."}, headers={"If-Match": '"1"'})
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"')

    with asking(carnet, MARC) as marc:
        [listed] = marc.get(f"{anne}/notes", headers=since(corrected)).json()["items"]
        assert (listed["author"], listed["keeper"], listed["text"]) == ("associate-1", "associate-1", "Prefers silver.")
        assert listed["corrected_at"] > listed["written_at"]
        one = marc.get(place)
        assert one.headers["ETag"] == '"2"'
        assert [(each["text"], each["said_by"]) for each in one.json()["wordings"]] == [
            ("Prefers gold.\nAlways.", "associate-1"),
            ("Prefers silver.", "associate-1"),
        ]

        named(marc.put(f"{place}/text", json={"text": "X"}), 403, "note.not_yours", "note_id")
        withdrawn = author.post(f"{place}/withdrawal")
        [listed] = marc.get(f"{anne}/notes", headers=since(withdrawn)).json()["items"]
        assert (listed["author"], listed["text"]) == ("associate-1", None)
        assert listed["withdrawn_at"] > listed["corrected_at"]
        assert [each["text"] for each in marc.get(place).json()["wordings"]] == [None, None]
    named(author.put(f"{place}/text", json={"text": "X"}), 409, "note.withdrawn", "note_id")


@pytest.mark.feature("CS-05")
@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.id)
def test_a_private_note_answers_like_one_that_never_was(
    carnet: Running, author: httpx.Client, anne: str, who: Caller
) -> None:
    note = written(author, anne, "In divorce.", "private")
    place, never = note.headers["Location"], f"{anne}/notes/{NOBODY}"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "", {}),
        ("PUT", "/text", {"json": {"text": "X"}}),
        ("PUT", "/privacy", {"json": {"privacy": "open"}}),
        ("POST", "/handover", {"json": {"to": who.id}}),
        ("POST", "/withdrawal", {}),
    ]
    with asking(carnet, who) as other:
        for method, part, content in asked:
            for headers in ({}, {"If-Match": '"1"'}, {"If-Match": '"7"'}, {"Idempotency-Key": f"{part}-{who.id}"}):
                there, not_there = (
                    other.request(method, path + part, headers={**since(note), **headers}, **content)
                    for path in (place, never)
                )
                assert {**there.json(), "instance": ""} == {**not_there.json(), "instance": ""}
                assert there.status_code == (403 if method != "GET" and who.role is Role.AUDITOR else 404)


@pytest.mark.feature("CS-05")
def test_a_private_note_is_handed_over_by_who_keeps_it_alone(carnet: Running, author: httpx.Client, anne: str) -> None:
    note = written(author, anne, "In divorce.", "private")
    place = note.headers["Location"]
    key = {"Idempotency-Key": f"hand-over-{place}"}
    given = author.post(f"{place}/handover", json={"to": MARC.id}, headers=key)
    assert author.post(f"{place}/handover", json={"to": MARC.id}, headers=key).headers["Idempotent-Replayed"] == "true"

    assert texts(author, anne, given) == []
    named(author.post(f"{place}/withdrawal"), 404, "note.unknown", "note_id")
    with asking(carnet, MARC) as marc:
        assert texts(marc, anne, given) == ["In divorce."]
        assert marc.get(place).json()["author"] == "associate-1"
        assert marc.put(f"{place}/text", json={"text": "Divorced."}).status_code == 200


@pytest.mark.feature("CS-05")
def test_what_was_said_in_private_stays_so_when_the_note_is_opened(
    carnet: Running, author: httpx.Client, anne: str
) -> None:
    note = written(author, anne, "In divorce.", "private")
    place = note.headers["Location"]
    author.put(f"{place}/text", json={"text": "Call her in the morning."}).raise_for_status()
    opened = author.put(f"{place}/privacy", json={"privacy": "open"})
    with asking(carnet, MARC) as marc:
        assert texts(marc, anne, opened) == ["Call her in the morning."]
        assert [each["text"] for each in marc.get(place).json()["wordings"]] == ["Call her in the morning."]
    assert len(author.get(place).json()["wordings"]) == 2
    assert told(carnet, anne, opened) == ["client.registered.v1", "note.corrected.v1", "note.privacy-changed.v1"]

    closed = author.put(f"{place}/privacy", json={"privacy": "private"})
    assert told(carnet, anne, closed) == ["client.registered.v1"]


def test_the_history_tells_of_open_notes_and_of_no_others(carnet: Running, author: httpx.Client, anne: str) -> None:
    written(author, anne, "Prefers gold.")
    written(author, anne, "In divorce.", "private")
    last = written(author, anne, "A surprise.", "circle", "auditor-1")

    assert told(carnet, anne, last) == ["client.registered.v1", "note.written.v1", "note.written.v1"]


def test_notes_are_paged_newest_first(author: httpx.Client, anne: str) -> None:
    for number in range(5):
        last = written(author, anne, f"Note {number}", "private" if number % 2 else "open")
    page = author.get(f"{anne}/notes", params={"limit": 2}, headers=since(last))
    found = [each["text"] for each in page.json()["items"]]
    while "next" in page.links:
        page = author.get(page.links["next"]["url"])
        found += [each["text"] for each in page.json()["items"]]
    assert found == [f"Note {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"privacy": "open"}, "text"),
        ({"text": "x"}, "privacy"),
        ({"text": " \n ", "privacy": "open"}, "text"),
        ({"text": "a\x00b", "privacy": "open"}, "text"),
        ({"text": "x" * 4001, "privacy": "open"}, "text"),
        ({"text": "x", "privacy": "secret"}, "privacy"),
        ({"text": "x", "privacy": "circle"}, "circle"),
        ({"text": "x", "privacy": "circle", "circle": ["associate-1"]}, "circle"),
        ({"text": "x", "privacy": "open", "circle": ["associate-2"]}, "circle"),
        ({"text": "x", "privacy": "circle", "circle": [""]}, "circle.0"),
        ({"text": "x", "privacy": "circle", "circle": ["a"] * 51}, "circle"),
        ({"text": "x", "privacy": "open", "author": "marc"}, "author"),
    ],
)
def test_a_note_that_cannot_be(author: httpx.Client, anne: str, body: dict[str, Any], field: str) -> None:
    answer = author.post(f"{anne}/notes", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_what_is_not_there_is_named(author: httpx.Client, anne: str) -> None:
    note = written(author, anne, "Prefers gold.").headers["Location"]
    other = author.post("/clients", json={"name": {"family": "Leclerc"}})
    elsewhere = note.replace(anne, other.headers["Location"])
    body = {"text": "x", "privacy": "open"}

    named(author.post(f"/clients/{NOBODY}/notes", json=body), 404, "client.unknown", "client_id")
    named(author.get(f"/clients/{NOBODY}/notes"), 404, "client.unknown", "client_id")
    named(author.get(elsewhere, headers=since(other)), 404, "note.unknown", "note_id")
    named(author.put(f"{elsewhere}/text", json={"text": "x"}), 404, "note.unknown", "note_id")
    named(
        author.put(f"{note}/text", json={"text": "x"}, headers={"If-Match": '"9"'}),
        412,
        "request.version_stale",
        "If-Match",
    )
    named(author.post(f"{note}/handover", json={}), 422, "request.invalid", "to")
    named(author.put(f"{anne}/notes/x/text", json={"text": "x"}), 422, "request.invalid", "note_id")
    named(author.get(f"{anne}/notes", params={"cursor": "nonsense"}), 400, "request.cursor_invalid", "cursor")
