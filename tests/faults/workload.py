"""Associates at work, seen from outside: HTTP and tokens only, each command under a key of its own, in several threads.

An answer that did not come, or that says it is Carnet's own trouble, leaves a command open: it is given again under the
same key until it is settled. Now and then a settled one is given again, which must change nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, NamedTuple

import httpx

from tests.faults.history import FAIL, INVOKE, OK, UNKNOWN, History

THREADS: Final = 4
SHARED: Final = 3
# A call that takes longer is given up, its outcome unknown.
CALL_SECONDS: Final = 8.0
# Once it is to end, who still has an open command tries for so long to settle it.
SETTLE_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 0.1
AGAIN: Final = 0.05


class Call(NamedTuple):
    """One command: what it does, in a word, and how it is said over HTTP."""

    does: str
    method: str
    path: str
    body: dict[str, Any] | None = None


# Whose name this is reads like a word of its own in no other place.
_FAMILIES: Final = ("Leclerc", "Montgolfier", "Rossini", "Sandoval", "Lindqvist", "Okonkwo", "Szabo")
_STORES: Final = ("paris-1", "rome-1", "geneva-2")


class Associate:
    """One thread's associate. She keeps what she made; three clients she shares with all others."""

    def __init__(self, name: str, url: str, token: str, random: Random, history: History, pause: float) -> None:
        self._name = name
        self._random = random
        self._history = history
        self._pause = pause
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=CALL_SECONDS, trust_env=False
        )
        self._count = 0
        self._clients: list[str] = []
        self._sales: list[str] = []
        self._points: list[tuple[str, str]] = []
        self._deeds: list[tuple[Callable[[], Call], int]] = [
            (self._register, 8),
            (self._correct_name, 15),
            (self._add_contact_point, 15),
            (self._remove_contact_point, 5),
            (self._add_address, 10),
            (self._record_sale, 18),
            (self._return_lines, 12),
            (self._attach, 10),
            (self._detach, 4),
            (self._record_return, 3),
        ]

    def work(self, stop: Event) -> None:
        """Until `stop` is set, and then until the command at hand is settled or the time for that is over."""
        with self._client:
            for number in range(SHARED):
                self._give(self._register_as(f"shared-{number}"), stop)
            while not stop.is_set():
                [deed] = self._random.choices(*zip(*self._deeds, strict=True))
                self._give(deed(), stop)
                stop.wait(self._random.uniform(0, 2 * self._pause))

    def _give(self, call: Call, stop: Event) -> None:
        self._count += 1
        key = f"{self._name}-{self._count}"
        answer = self._settle(key, call, stop)
        if answer is None:
            return
        self._remember(call, answer)
        if self._random.random() < AGAIN:
            self._settle(key, call, stop)

    def _settle(self, key: str, call: Call, stop: Event) -> dict[str, Any] | None:
        """Gives a command until it is answered; the answer, None if it was refused or never came."""
        patience = 0.0
        while True:
            self._history.write(INVOKE, key, does=call.does)
            if (answer := self._call(key, call)) is not None:
                self._history.write(**answer)
                return answer if answer["what"] == OK else None
            self._history.write(UNKNOWN, key)
            if stop.is_set():
                patience = patience or monotonic() + SETTLE_SECONDS
                if monotonic() > patience:
                    return None
            Event().wait(RETRY_SECONDS)

    def _call(self, key: str, call: Call) -> dict[str, Any] | None:
        try:
            response = self._client.request(call.method, call.path, json=call.body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return None
        if response.status_code >= 500:
            return None
        said = response.json()
        if not response.is_success:
            return {"what": FAIL, "key": key, "code": said["code"]}
        version = int(response.headers["ETag"].strip('"'))
        return {"what": OK, "key": key, "id": said["id"], "version": version}

    def _remember(self, call: Call, answer: dict[str, Any]) -> None:
        id = answer["id"]
        if call.does == "register":
            self._clients.append(id)
        elif call.does == "record_sale":
            self._sales.append(id)
        elif call.does == "add_contact_point":
            self._points.append((call.path.split("/")[2], id))

    def _someone(self) -> str:
        return self._random.choice(self._clients)

    def _word(self) -> str:
        return f"{self._name}-{self._count}"

    def _person(self) -> dict[str, str]:
        return {"family": self._random.choice(_FAMILIES), "given": f"Given{self._random.randrange(1000)}"}

    def _register(self) -> Call:
        return self._register_as(self._word())

    def _register_as(self, number: str) -> Call:
        body = {"reference": {"source": "faults", "number": number}, "name": self._constant(number)}
        return Call("register", "POST", "/clients", body)

    def _constant(self, number: str) -> dict[str, str]:
        """The shared ones are registered by everybody, alike."""
        return {"family": "Everybodys", "given": number} if number.startswith("shared") else self._person()

    def _correct_name(self) -> Call:
        return Call("correct_name", "PUT", f"/clients/{self._someone()}/name", self._person())

    def _add_contact_point(self) -> Call:
        body = {"kind": "email", "value": f"{self._word()}@maison-carnet.com"}
        return Call("add_contact_point", "POST", f"/clients/{self._someone()}/contact-points", body)

    def _remove_contact_point(self) -> Call:
        if not self._points:
            return self._add_contact_point()
        client, point = self._points.pop(self._random.randrange(len(self._points)))
        return Call("remove_contact_point", "DELETE", f"/clients/{client}/contact-points/{point}")

    def _add_address(self) -> Call:
        body = {"country": "FR", "lines": [f"{self._random.randrange(300)} rue {self._word()}"], "city": "Paris"}
        return Call("add_address", "POST", f"/clients/{self._someone()}/addresses", body)

    def _record_sale(self) -> Call:
        body = self._of_a_sale("till")
        if self._random.random() < 0.6:
            body["client_id"] = self._someone()
        return Call("record_sale", "POST", "/sales", body)

    def _record_return(self) -> Call:
        return Call("record_return", "POST", "/returns", self._of_a_sale("returns"))

    def _of_a_sale(self, source: str) -> dict[str, Any]:
        lines = [
            {
                "sku": f"R-{self._random.randrange(50)}",
                "description": "Ring",
                "quantity": self._random.randint(1, 3),
                "unit_price": f"{self._random.randrange(1, 9000)}.50",
            }
            for _ in range(self._random.randint(1, 4))
        ]
        return {
            "reference": {"source": source, "number": self._word()},
            "store_id": self._random.choice(_STORES),
            "occurred_at": "2026-03-02T15:30:00+01:00",
            "currency": "EUR",
            "lines": lines,
        }

    def _return_lines(self) -> Call:
        if not self._sales:
            return self._record_sale()
        body = {
            "reference": {"source": "back", "number": self._word()},
            "store_id": self._random.choice(_STORES),
            "occurred_at": "2026-03-09T10:15:00+01:00",
            "lines": [{"ordinal": 1, "quantity": 1}],
        }
        return Call("return_lines", "POST", f"/sales/{self._random.choice(self._sales)}/returns", body)

    def _attach(self) -> Call:
        if not self._sales:
            return self._record_sale()
        path = f"/sales/{self._random.choice(self._sales)}/client"
        return Call("attach", "PUT", path, {"client_id": self._someone()})

    def _detach(self) -> Call:
        if not self._sales:
            return self._record_sale()
        return Call("detach", "DELETE", f"/sales/{self._random.choice(self._sales)}/client")


@contextmanager
def working(url: str, token: str, seed: str, history: History, pause: float = 0.06) -> Iterator[None]:
    """Everybody works as long as the context lasts; `pause` is the mean time between two commands of one, in seconds.

    Nobody leaves a command open that can be settled. What breaks in a thread is raised at the end.
    """
    stop = Event()
    broken: list[BaseException] = []

    def work(associate: Associate) -> None:
        try:
            associate.work(stop)
        except BaseException as error:
            broken.append(error)

    threads = []
    for number in range(THREADS):
        name = f"{seed}-{number}"
        associate = Associate(name, url, token, Random(name), history, pause)
        threads.append(Thread(target=work, args=(associate,), name=name))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if broken:
        raise broken[0]
