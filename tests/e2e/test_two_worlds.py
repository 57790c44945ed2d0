"""Nobody learns of a note that is not for her: two houses that differ only in such notes answer the same on every
route, whoever asks, and whatever she guesses."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.access import Caller, Role
from domain.calendar_event.facts import piece_id
from domain.tickler_cause import About, tickler_id
from tests.support.postgres import Databases
from tests.support.running import CALLERS, Running, running
from tests.support.worlds import Operation, World, differences, filled, made_by, nowhere, operations

AUTHOR = Caller("author", Role.ASSOCIATE, "paris-1")
CIRCLE = Caller("confidant", Role.ASSOCIATE, "paris-1")
STRANGERS = [*CALLERS.values(), Caller("assistant", Role.ASSOCIATE, "paris-1", on_behalf_of=AUTHOR.id)]
# Every role asks; what is refused to a role is so before anything of a note could matter, so that fewer command.
DOERS = [CALLERS[Role.ASSOCIATE], CALLERS[Role.MANAGER], CALLERS[Role.HEAD_OFFICE], STRANGERS[-1]]

# How something is made whose example would not do: a daughter has no anniversary, and no call comes back.
MADE_OTHERWISE = {
    "link_id": {"relation": "husband", "other_id": str(UUID(int=0))},
    "mark_id": {"ordinal": 1, "quantity": 1},
    "outreach_id": {"channel": "letter", "outcome": "sent"},
}

# Who and what goes by a name of its own: those of the document's examples, and further ones that it speaks of.
HOUSE = {"/regions": ["emea"], "/stores": ["paris-1", "rome-1"], "/associates": ["ines", "marc", "yuki"]}

# Routes that can only refuse what the document has as an example, and why; how they refuse is compared all the same.
REFUSED = {
    "send_sale": "it names an address that nobody here has",
    **dict.fromkeys(("open_gift_receipt", "return_gift", "exchange_gift", "take_piece_in"), "a receipt is of chance"),
}


class Story:
    """What happens in a house: the same every time, but for the notes that only some of them hold."""

    def __init__(self, carnet: Running, *, secrets: bool) -> None:
        self._carnet = carnet
        self._secrets = secrets
        self.things: dict[str, str] = {}
        self._other = ""
        self.secret = nowhere(0)
        self.seen = ""

    def tell(self) -> World:
        anne = self._made(CALLERS[Role.ASSOCIATE], "/clients", _client("Leclerc", "1"))
        jean = self._made(CALLERS[Role.ASSOCIATE], "/clients", _client("Martin", "2"))
        self._other = jean
        self.things = {"client_id": anne}
        here = f"/clients/{anne}"
        mine = CALLERS[Role.ASSOCIATE]
        self.secret = self._secret(here, "In divorce.", "private") or self.secret
        self.things["note_id"] = self._made(mine, f"{here}/notes", {"text": "Prefers gold.", "privacy": "open"})
        self._made(AUTHOR, f"{here}/notes", {"text": "Likes peonies.", "privacy": "open"})
        self._secret(here, "A surprise for May.", "circle", CIRCLE.id)
        self.things["sale_id"] = self._made(mine, "/sales", _sale(anne, "1"))
        self.things["recipient_id"] = jean
        ordered = self._made(mine, "/sales", _sale(anne, "2", handover="ordered"))
        for operation in ("record_arrival", "hand_over_lines", "cancel_lines"):
            self.things[f"{operation}.sale_id"] = ordered
        self.things["correct_sale.sale_id"] = self._made(mine, "/sales", _sale(anne, "3"))
        marked = self._made(mine, "/sales", _sale(anne, "4"))
        self.things["remove_mark.sale_id"] = marked
        self.things["remove_mark.mark_id"] = self._made(mine, f"/sales/{marked}/gift-marks", {"ordinal": 1})
        letter = {"channel": "letter", "outcome": "sent"}
        self.things["correct_outcome.outreach_id"] = self._made(mine, f"{here}/outreach", letter)
        hour = {"starts": "2026-03-02T08:00", "ends": "2026-03-02T09:00", "time_zone": "Europe/Paris"}
        self.things["cancel_appointment.appointment_id"] = self._made(mine, f"{here}/appointments", hour)
        self._secret(f"/clients/{jean}", "His wife must not know.", "private")
        self.things["contact_point_id"] = self._made(
            mine, f"{here}/contact-points", {"kind": "phone", "value": "+33142685300"}
        )
        self.things["address_id"] = self._made(mine, f"{here}/addresses", {"country": "FR", "city": "Paris"})
        manager = CALLERS[Role.MANAGER]
        club = self._made(manager, "/organizations", {"name": "Club", "kind": "club"})
        self.things["organization_id"] = club
        for client in (here, f"/clients/{jean}"):
            membership = self._made(mine, f"{client}/memberships", {"organization_id": club, "tie": "belonging"})
            self.things.setdefault("membership_id", membership)
        self._calendar(club)
        self.things |= {"term": "1", "ordinal": "1"}
        self._secret_life()
        self._rest()
        # Once she came, an appointment is cancelled no more.
        another = {"starts": "2026-03-16T08:00", "ends": "2026-03-16T09:00"}
        self.things["cancel_appointment.appointment_id"] = self._made(mine, f"{here}/appointments", another)
        self._ticklers()
        last = self._made(mine, f"{here}/notes", {"text": "Call in the morning.", "privacy": "open"})
        self.things["withdraw_note.note_id"] = last  # the other one is given away by then
        return World(self._carnet, self.things, self.secret, self.seen)

    def _calendar(self, club: str) -> None:
        """An event to come that reaches both, to which she is invited with a guest, and a piece that is brought to it;
        and one that goes on, at which she is."""
        manager = CALLERS[Role.MANAGER]
        show = {"name": "Aurélie", "kind": "gala", "organizations": [club], "scope": {"reach": "national"}}
        until = {"ends": "2190-11-14T22:00", "time_zone": "Europe/Paris"}
        event, going_on = (
            self._made(manager, "/calendar-events", {**show, "starts": starts, **until})
            for starts in ("2190-11-14T18:00", "2001-01-01T18:00")
        )
        scarf = {"sku": "S-1", "description": "Scarf", "unit_value": "240.00", "currency": "EUR"}
        self._asked(manager, "POST", f"/calendar-events/{event}/assortment", {"pieces": [scarf]})
        self.things |= {"calendar_event_id": event, "organizations": club}
        self.things["piece_id"] = str(piece_id(UUID(event), "S-1", None))
        mine, client_id = CALLERS[Role.ASSOCIATE], self.things["client_id"]
        self._made(mine, f"/calendar-events/{event}/invitations", {"client_id": client_id})
        self._made(mine, f"/calendar-events/{event}/invitations/{client_id}/guests", {"guest_id": self._other})
        self._asked(mine, "PUT", f"/calendar-events/{going_on}/invitations/{client_id}/attendance", {})
        self.things["guest_id"] = self._other
        for operation in ("record_attendance", "withdraw_attendance"):
            self.things[f"{operation}.calendar_event_id"] = going_on

    def _rest(self) -> None:
        """Whatever else a path names is made as its own route makes it, with the example of the document."""
        known = self._operations()
        self.things |= {"region_id": "emea", "store_id": "paris-1", "associate_id": "ines", "format": "atelier"}
        for path, names in HOUSE.items():
            for maker in [each for each in known if (each.method, each.path) == ("POST", path)]:
                for name in names:
                    self._made_by_whoever_may(path, {**maker.example, "id": name})
        for operation in known:
            for parameter in operation.parameters:
                how_made = made_by(operation, parameter, known)
                if parameter not in self.things and how_made is not None:
                    body = filled(
                        MADE_OTHERWISE.get(parameter, how_made.example), {**self.things, "other_id": self._other}
                    )
                    path = how_made.path.format_map(self.things)
                    self.things[parameter] = self._made_by_whoever_may(path, body)

    def _ticklers(self) -> None:
        """Rules to follow from; what a command does with a tickler is done with the one that its example is about, and
        only what has ended is reopened."""
        client_id = self.things["client_id"]
        self._made(CALLERS[Role.HEAD_OFFICE], "/tickler-rules/house-defaults", {"since": "2026-01-01"})
        self.things["rule_id"] = "birthday-call"
        for operation in self._operations():
            if "tickler_id" in operation.parameters:
                about = operation.example["about"]
                id = str(tickler_id(UUID(client_id), About(**about)))
                self.things[f"{operation.name}.tickler_id"] = id
                if operation.name == "reopen_tickler":
                    path = f"/clients/{client_id}/ticklers/{id}/dismissal"
                    self._asked(CALLERS[Role.ASSOCIATE], "POST", path, {"about": about})

    def _operations(self) -> list[Operation]:
        return operations(httpx.get(f"{self._carnet.url}/openapi.json", timeout=60).json())

    def _secret_life(self) -> None:
        """All that can happen to a note, of which nobody else hears."""
        here = f"/clients/{self.things['client_id']}"
        other = self._secret(here, "Draft.", "private")
        if other is None:
            return
        for who, method, part, body in (
            (AUTHOR, "PUT", "text", {"text": "Second draft."}),
            (AUTHOR, "PUT", "privacy", {"privacy": "circle", "circle": [CIRCLE.id]}),
            (AUTHOR, "POST", "handover", {"to": CIRCLE.id}),
            (CIRCLE, "PUT", "privacy", {"privacy": "private"}),
            (CIRCLE, "POST", "withdrawal", None),
        ):
            self._asked(who, method, f"{here}/notes/{other}/{part}", body)

    def _secret(self, client: str, text: str, privacy: str, *circle: str) -> str | None:
        if not self._secrets:
            return None
        return self._made(AUTHOR, f"{client}/notes", {"text": text, "privacy": privacy, "circle": circle})

    def _made(self, who: Caller, path: str, body: Any) -> str:
        return str(self._asked(who, "POST", path, body).json()["id"])

    def _made_by_whoever_may(self, path: str, body: Any) -> str:
        for role in (Role.ASSOCIATE, Role.MANAGER, Role.HEAD_OFFICE):
            answer = self._ask(CALLERS[role], "POST", path, body)
            if answer.status_code != 403:
                break
        return str(self._done(answer).json()["id"])

    def _asked(self, who: Caller, method: str, path: str, body: Any) -> httpx.Response:
        return self._done(self._ask(who, method, path, body))

    def _ask(self, who: Caller, method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._carnet.token(who)}"}
        return httpx.request(method, self._carnet.url + path, json=body, headers=headers)

    def _done(self, answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
        self.seen = answer.headers["Carnet-Position"]
        return answer


def _client(family: str, number: str) -> dict[str, Any]:
    return {"name": {"family": family}, "reference": {"source": "worlds", "number": number}}


def _sale(client_id: str, number: str, **other: str) -> dict[str, Any]:
    line = {"sku": "G-06", "description": "Glass", "quantity": 9, "unit_price": "33.50", **other}
    reference = {"source": "worlds", "number": number}
    at = f"2026-03-0{number}T15:00:00+01:00"  # no two of one day: ids of chance would order them
    return {"reference": reference, "occurred_at": at, "currency": "EUR", "client_id": client_id, "lines": [line] * 3}


@pytest.fixture(scope="module")
def worlds(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """A house without the notes, and one with them."""
    with ExitStack() as used:
        quiet, noisy = (
            used.enter_context(
                running(lambda: used.enter_context(databases.fresh()), tmp_path_factory.mktemp(f"secrets-{secrets}"))
            )
            for secrets in (False, True)
        )
        yield Story(quiet, secrets=False).tell(), Story(noisy, secrets=True).tell()


@pytest.mark.feature("CS-05", "CS-45")
def test_notes_that_are_not_for_her_change_no_answer(worlds: tuple[World, World]) -> None:
    document = httpx.get(f"{worlds[0].carnet.url}/openapi.json", timeout=60).json()
    # Nothing is commanded before all is asked: what is made then has ids of chance, which would order some lists.
    known = operations(document)
    in_turn = [
        [each for each in known if each.asks],
        [each for each in known if not each.asks and not each.ends],
        [each for each in known if each.ends],
    ]

    quiet, noisy = (
        {
            name: answer
            for some in in_turn
            for who in (STRANGERS if some is in_turn[0] else DOERS)
            for name, answer in world.answers(who, some)
        }
        for world in worlds
    )

    found = differences(quiet, noisy)
    assert not found, "\n".join(f"{name}\n  {one}\n  {other}" for name, (one, other) in list(found.items())[:5])
    # Else the routes would have been asked nothing that they know an answer to.
    succeeded = defaultdict(set)
    for name, answer in quiet.items():
        succeeded[name.split()[1]].add(answer["status"])
    unasked = {name for name, statuses in succeeded.items() if not statuses & {200, 201}}
    unasked -= REFUSED.keys()
    assert not unasked, f"say in the story what these can be asked about: {', '.join(sorted(unasked))}"


def test_what_a_note_says_is_read_by_those_it_is_for(worlds: tuple[World, World]) -> None:
    """Else the two houses would not differ at all."""
    document = httpx.get(f"{worlds[0].carnet.url}/openapi.json", timeout=60).json()
    reading = [operation for operation in operations(document) if operation.name in {"get_notes", "get_note"}]

    for who in (AUTHOR, CIRCLE):
        quiet, noisy = (dict(world.answers(who, reading)) for world in worlds)
        assert differences(quiet, noisy)
