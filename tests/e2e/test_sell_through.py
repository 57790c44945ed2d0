"""One trunk show over HTTP, from what was brought to what it sold, with figures that can be added up by hand."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.access import Role
from tests.support.running import Running

NOBODY = UUID(int=1)
SHOW = {"starts": "2026-03-14T10:00", "ends": "2026-03-15T18:00", "time_zone": "Europe/Paris"}
BRACELET = {"sku": "B-7", "description": "Bracelet", "brand": "Aurélie"}
NECKLACE = {"sku": "N-1", "description": "Necklace", "brand": "Aurélie"}
SCARF = {"sku": "S-1", "description": "Scarf"}


class House:
    """A house with two stores, three who sell, and clients; numbers of pieces and names of stores are its own."""

    def __init__(self, carnet: Running, associate: httpx.Client) -> None:
        self.carnet, self.associate, self.own = carnet, associate, uuid4().hex
        self.paris, self.lyon = f"paris-{self.own}", f"lyon-{self.own}"
        self.ines, self.marc, self.zoe = (f"{name}-{self.own}" for name in ("ines", "marc", "zoe"))
        self.last: httpx.Response
        with carnet.client(Role.HEAD_OFFICE) as head_office:
            of = {"country": "FR", "city": "Paris", "time_zone": "Europe/Paris"}
            for store in (self.paris, self.lyon):
                self.told(head_office.post("/stores", json={"id": store, "name": "A store", **of}))
            body = {"id": self.ines, "name": "Inès", "role": "associate", "store_id": self.paris}
            self.told(head_office.post("/associates", json={**body, "since": "2020-01-01"}))

        with carnet.client(Role.MANAGER) as manager:
            designer = {"name": f"Aurélie {self.own}", "kind": "designer"}
            self.designer = self.told(manager.post("/organizations", json=designer)).json()["id"]

    def told(self, answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        self.last = answer
        return answer

    def say(self, method: str, path: str, **body: Any) -> httpx.Response:
        return self.told(self.associate.request(method, path, json=body or None))

    def keep(self, method: str, path: str, **body: Any) -> str:
        """What only who keeps the calendar may do; the path of what it made."""
        with self.carnet.client(Role.MANAGER) as manager:
            return str(self.told(manager.request(method, path, json=body)).headers.get("Location", ""))

    def scheduled(self, name: str, kind: str) -> str:
        body = {"name": name, "kind": kind, "organizations": [self.designer], "scope": {"reach": "national"}}
        return self.keep("POST", "/calendar-events", **body, **SHOW)

    def client(self) -> str:
        return str(self.say("POST", "/clients", name={"family": "Leclerc"}).json()["id"])

    def number(self, number: str) -> str:
        return f"{number}-{self.own}"

    def sold(self, at: str, line: dict[str, Any], net: str, *sellers: tuple[str, int], **more: Any) -> str:
        """The path of a sale of one line."""
        quantity = line.get("quantity", 1)
        of = [{"associate_id": who, "parts": parts} for who, parts in sellers]
        body = {
            "reference": {"source": "till", "number": uuid4().hex},
            "store_id": self.paris,
            "occurred_at": at,
            "currency": "EUR",
            "lines": [{**line, "quantity": quantity, "unit_price": net, "net": net, "sellers": of}],
        }
        return self.say("POST", "/sales", **{**body, **more}).headers["Location"]

    def asked(self, path: str, **params: Any) -> Any:
        position = {"Carnet-Position": self.last.headers["Carnet-Position"]}
        return self.told_plainly(self.associate.get(path, params=params, headers=position)).json()

    @staticmethod
    def told_plainly(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        return answer


@pytest.fixture
def house(carnet: Running) -> Iterator[House]:
    with carnet.client() as associate:
        yield House(carnet, associate)


def eur(net: str) -> list[dict[str, str]]:
    return [{"currency": "EUR", "net": net}]


def worth(value: str) -> list[dict[str, str]]:
    return [{"currency": "EUR", "value": value}]


def show(house: House) -> str:
    """A show to which a bracelet of 9,400, a necklace of 6,000 and ten scarves of 240 are brought: 17,800 in all."""
    path = house.scheduled("Aurélie, spring", "trunk-show")
    pieces: list[dict[str, Any]] = [
        {**BRACELET, "unit_value": "9400.00", "serial_number": house.number("S-0007")},
        {**NECKLACE, "unit_value": "6000.00", "serial_number": house.number("S-0001")},
        {**SCARF, "unit_value": "240.00", "units": 10},
    ]
    house.keep("POST", f"{path}/assortment", pieces=[{**piece, "currency": "EUR"} for piece in pieces])
    house.keep("PUT", f"{path}/targets", store_id=house.paris, amount="20000.00", currency="EUR")
    ines = {"store_id": house.paris, "associate_id": house.ines, "amount": "6000.00", "currency": "EUR"}
    house.keep("PUT", f"{path}/targets", **ines)
    return path


@pytest.mark.feature("CS-28", "CS-29", "BO-01", "BO-02", "BO-06", "BO-27", "N-05")
def test_a_trunk_show_from_what_was_brought_to_what_it_sold(house: House) -> None:
    path = show(house)
    id = path.rpartition("/")[2]
    anne, berthe, claire, emma, flora, dora = (house.client() for _ in range(6))
    ines, marc, zoe = house.ines, house.marc, house.zoe

    # Four are on the list, two accept, two of the four come, and one comes without. Anne brings Dora.
    for who in (anne, berthe, claire, emma):
        house.say("POST", f"{path}/invitations", client_id=who, seats=2)
    for who, accepted in ((anne, True), (berthe, True), (emma, False)):
        house.say("PUT", f"{path}/invitations/{who}/answer", accepted=accepted)
    for who, people in ((anne, 2), (claire, 1), (flora, 1)):
        house.say("PUT", f"{path}/invitations/{who}/attendance", people=people)
    house.say("POST", f"{path}/invitations/{anne}/guests", guest_id=dora)
    # Before it, Anne was shown the bracelet and Berthe was called.
    seen = [{"sku": "B-7", "serial_number": house.number("S-0007"), "interested": True}]
    house.say("POST", f"{path}/invitations/{anne}/previews", pieces=seen, at="2026-03-08T15:00:00Z")
    call = {"channel": "call", "outcome": "reached", "at": "2026-03-05T15:00:00Z", "calendar_event_id": id}
    house.say("POST", f"/clients/{berthe}/outreach", **call)

    # Four days before, Anne buys the bracelet of the show for 9,000: two parts Inès, one Marc. Said with the sale.
    bracelet = {**BRACELET, "serial_number": house.number("S-0007")}
    early = house.sold(
        "2026-03-10T12:00:00Z", bracelet, "9000.00", (ines, 2), (marc, 1), client_id=anne, calendar_event_id=id
    )
    # On the day Berthe takes three scarves for 720 and brings one back. Said at the till after the sale.
    scarves = house.sold("2026-03-14T12:00:00Z", {**SCARF, "quantity": 3}, "720.00", (ines, 1), client_id=berthe)
    house.say("PUT", f"{scarves}/attribution", calendar_event_id=id)
    house.say("POST", f"{scarves}/returns", occurred_at="2026-03-20T12:00:00Z", lines=[{"ordinal": 1, "quantity": 1}])
    # Emma takes one home and brings it back: she bought nothing.
    tried = house.sold("2026-03-14T13:00:00Z", SCARF, "240.00", (ines, 1), client_id=emma, calendar_event_id=id)
    house.say("POST", f"{tried}/returns", occurred_at="2026-03-16T12:00:00Z", lines=[{"ordinal": 1, "quantity": 1}])
    # Claire orders two necklaces like the sample for 12,000, and cancels one.
    order = {**NECKLACE, "quantity": 2, "handover": "ordered"}
    ordered = house.sold("2026-03-15T12:00:00Z", order, "12000.00", (marc, 1), client_id=claire, calendar_event_id=id)
    off = {"occurred_at": "2026-03-18T12:00:00Z", "lines": [{"ordinal": 1, "quantity": 1}]}
    house.say("POST", f"{ordered}/cancellations", **off)
    # Dora buys a scent for 150 that was not brought.
    scent = {"sku": "X-9", "description": "Scent"}
    house.sold("2026-03-14T15:00:00Z", scent, "150.00", (marc, 1), client_id=dora, calendar_event_id=id)
    # Five days after, Berthe buys one more scarf in Lyon.
    lyon = {"store_id": house.lyon, "client_id": berthe, "calendar_event_id": id}
    house.sold("2026-03-20T15:00:00Z", SCARF, "240.00", (zoe, 1), **lyon)
    # Nobody says where these come from: something of Claire's for 500 on the sixtieth day in Paris, and the necklace
    # itself, to nobody known. What she buys an hour later is of the day after. That Anne's case did was a mistake.
    bag = {"sku": "X-5", "description": "Bag"}
    house.sold("2026-05-14T21:30:00Z", bag, "500.00", client_id=claire)
    house.sold("2026-05-14T22:30:00Z", bag, "33.00", client_id=claire)
    necklace = {**NECKLACE, "serial_number": house.number("S-0001")}
    house.sold("2026-04-01T15:00:00Z", necklace, "6000.00", store_id=house.lyon)
    mistake = house.sold("2026-03-14T16:00:00Z", {"sku": "X-6", "description": "Case"}, "70.00", client_id=anne)
    house.say("PUT", f"{mistake}/attribution", calendar_event_id=id, lines=[1])
    house.say("DELETE", f"{mistake}/lines/1/attribution")

    told = house.asked(f"{path}/sell-through")
    # Of 12 pieces 4 were sold, worth 9,400 + 3 x 240 = 10,120 of 17,800, for 9,000 + 480 + 240 = 9,720.
    assortment = {"pieces": 4, "net": eur("9720.00"), "values": worth("10120.00")}
    assert told["assortment"] == {
        "brought": {"pieces": 12, "values": worth("17800.00")},
        "percent": "33.3",
        "value_percent": [{"currency": "EUR", "percent": "56.9"}],
        "sold": {
            "all": assortment,
            "before": {"pieces": 1, "net": eur("9000.00"), "values": worth("9400.00")},
            "during": {"pieces": 2, "net": eur("480.00"), "values": worth("480.00")},
            "after": {"pieces": 1, "net": eur("240.00"), "values": worth("240.00")},
        },
    }
    # One necklace of two is still ordered, for 6,000; the scent is another sale.
    nothing, orders, other = (
        {"pieces": 0, "net": []},
        {"pieces": 1, "net": eur("6000.00")},
        {"pieces": 1, "net": eur("150.00")},
    )
    assert told["orders"] == {"all": orders, "before": nothing, "during": orders, "after": nothing}
    assert told["other"] == {"all": other, "before": nothing, "during": other, "after": nothing}
    assert told["by_store"] == [
        {
            "store_id": house.lyon,
            "assortment": told["assortment"]["sold"]["after"],
            "orders": nothing,
            "other": nothing,
        },
        {
            "store_id": house.paris,
            "assortment": {"pieces": 3, "net": eur("9480.00"), "values": worth("9880.00")},
            "orders": orders,
            "other": other,
        },
    ]
    # Of Aurélie's two pieces one was sold; the scarves are nobody's, and 3 of 10.
    assert [(each["brand"], each["percent"], each["orders"]["pieces"]) for each in told["by_designer"]] == [
        ("Aurélie", "50.0", 1),
        (None, "30.0", 0),
    ]
    # Two thirds of 9,000 and all of 480 are Inès's.
    assert told["by_associate"] == [
        {"associate_id": ines, "assortment": eur("6480.00"), "orders": [], "other": []},
        {"associate_id": marc, "assortment": eur("3000.00"), "orders": eur("6000.00"), "other": eur("150.00")},
        {"associate_id": zoe, "assortment": eur("240.00"), "orders": [], "other": []},
    ]
    # Anne bought, and Dora under her; Berthe and Claire bought as well: three of four.
    assert told["response"] == {
        "invited": 4,
        "sent": 0,
        "accepted": 2,
        "declined": 1,
        "attended": 2,
        "bought": 3,
        "percent_accepted": "50.0",
        "percent_attended": "50.0",
        "percent_bought": "75.0",
        "came_without": 1,
        "came_without_and_bought": 0,
        "others_bought": 0,
        "people": 4,
    }
    # Paris sold 9,000 + 480 + 150 = 9,630 of 20,000, and has 6,000 to hand over.
    target = {"store_id": house.paris, "currency": "EUR"}
    assert told["targets"] == [
        {
            **target,
            "associate_id": None,
            "target": "20000.00",
            "sold": "9630.00",
            "percent": "48.2",
            "open": "6000.00",
            "percent_with_open": "78.2",
        },
        {
            **target,
            "associate_id": ines,
            "target": "6000.00",
            "sold": "6480.00",
            "percent": "108.0",
            "open": "0.00",
            "percent_with_open": "108.0",
        },
    ]
    # Of three associates one is the top: Marc with 3,000 + 6,000 + 150 = 9,150 of 15,870.
    best = {"associates": 3, "top": 1, "net": "15870.00", "top_net": "9150.00", "percent": "57.7"}
    assert told["concentration"] == [{"currency": "EUR", **best}]
    # Anne's 9,000 and Dora's 150, Berthe's 480 and 240.
    contacts = {"outreach": 1, "previews": 1, "clients": 2, "attended": 1, "bought": 2, "net": eur("9870.00")}
    assert told["contacts"] == contacts
    assert told["unstated"] == {
        "until": "2026-05-14",
        "clients": [{"currency": "EUR", "clients": 2, "pieces": 2, "net": "570.00"}],
        "pieces": [
            {
                "sku": "N-1",
                "serial_number": house.number("S-0001"),
                "occurred_at": "2026-04-01T15:00:00+00:00",
                "store_id": house.lyon,
            }
        ],
    }

    credits = house.asked(f"{path}/credits", limit=2)
    items = credits["items"]
    while credits["next_cursor"]:
        credits = house.asked(f"{path}/credits", limit=2, cursor=credits["next_cursor"])
        items += credits["items"]
    assert [(each["sku"], each["when"], each["counts"][0]["figure"]) for each in items] == [
        ("S-1", "after", "assortment"),
        ("N-1", "during", "orders"),
        ("X-9", "during", "other"),
        ("S-1", "during", "assortment"),
        ("S-1", "during", "assortment"),
        ("B-7", "before", "assortment"),
    ]
    last = items[-1]
    assert (last["client_id"], last["stated_by"], last["rule"]) == (
        anne,
        "associate-1",
        {"name": "stated", "version": 1},
    )
    assert [(each["associate_id"], each["net"]) for each in last["counts"][0]["sellers"]] == [
        (ines, "6000.00"),
        (marc, "3000.00"),
    ]
    # The credit names the event of the log that stated it, as her history tells it to whoever may read it.
    with house.carnet.client(Role.AUDITOR) as auditor:
        history = house.told_plainly(auditor.get(f"/clients/{anne}/history")).json()["items"]
    assert last["event_id"] in [each["event_id"] for each in history if each["name"] == "sale.attributed.v1"]
    assert house.asked(early)["lines"][0]["calendar_event_id"] == id
    assert house.asked(mistake)["lines"][0]["calendar_event_id"] is None
    assert [each["calendar_event_id"] for each in house.asked(f"/clients/{berthe}/purchases")["items"]] == [id, id]


@pytest.mark.feature("CS-28")
def test_at_the_till_the_events_are_offered_that_a_sale_may_come_from(house: House) -> None:
    path, gala, cancelled = show(house), house.scheduled("Gala", "gala"), show(house)
    anne, dora = house.client(), house.client()
    for event in (path, cancelled):
        house.say("POST", f"{event}/invitations", client_id=anne)
    house.say("PUT", f"{gala}/invitations/{anne}/attendance", people=2)
    house.say("POST", f"{gala}/invitations/{anne}/guests", guest_id=dora)
    house.keep("POST", f"{cancelled}/cancellation", reason="The designer is ill")

    def offered(who: str, on: str) -> list[tuple[str, int, list[str], list[str]]]:
        told = house.asked(f"/clients/{who}/attributable-events", on=on)
        return sorted(
            (each["name"], each["days"], each["standing"], [host["client_id"] for host in each["guest_of"]])
            for each in told["items"]
        )

    assert offered(anne, "2026-03-15") == [
        ("Aurélie, spring", 0, ["listed"], []),
        ("Gala", 0, ["attended", "came-without"], []),
    ]
    assert [days for _, days, *_ in offered(anne, "2026-03-04")] == [10, 10]
    assert [days for _, days, *_ in offered(anne, "2026-05-14")] == [-60, -60]
    assert offered(anne, "2026-05-15") == []
    assert offered(dora, "2026-03-15") == [("Gala", 0, [], [anne])]


def test_what_cannot_be_stated_or_asked_is_refused_with_its_field(house: House, carnet: Running) -> None:
    path = show(house)
    id = path.rpartition("/")[2]
    sold = house.sold("2026-03-14T12:00:00Z", SCARF, "240.00")

    def refused(answer: httpx.Response) -> tuple[int, str, str]:
        problem = answer.json()
        return answer.status_code, problem["code"], problem.get("field") or problem["errors"][0]["field"]

    put, nobody = f"{sold}/attribution", str(NOBODY)
    ask = house.associate
    assert refused(ask.put(put, json={})) == (422, "request.invalid", "calendar_event_id")
    assert refused(ask.put(put, json={"calendar_event_id": id, "lines": []})) == (422, "request.invalid", "lines")
    assert refused(ask.put(put, json={"calendar_event_id": id, "line": 1})) == (422, "request.invalid", "line")
    assert refused(ask.put(put, json={"calendar_event_id": id, "lines": [2]})) == (422, "attribution.invalid", "lines")
    unknown = (404, "calendar_event.unknown", "calendar_event_id")
    assert refused(ask.put(put, json={"calendar_event_id": nobody})) == unknown
    assert refused(ask.put(f"/sales/{nobody}/attribution", json={"calendar_event_id": id})) == (
        404,
        "sale.unknown",
        "sale_id",
    )
    assert refused(ask.delete(f"/sales/{nobody}/attribution")) == (404, "sale.unknown", "sale_id")
    assert refused(ask.delete(f"{sold}/lines/2/attribution")) == (422, "attribution.invalid", "lines")
    assert refused(ask.delete(f"{sold}/lines/0/attribution")) == (422, "request.invalid", "ordinal")
    stale = ask.put(put, json={"calendar_event_id": id}, headers={"If-Match": '"7"'})
    assert refused(stale) == (412, "request.version_stale", "If-Match")
    for part in ("sell-through", "credits"):
        assert refused(ask.get(f"/calendar-events/{nobody}/{part}")) == unknown
    assert refused(ask.get(f"{path}/credits", params={"limit": 0})) == (422, "request.invalid", "limit")
    assert refused(ask.get(f"{path}/credits", params={"cursor": "x"})) == (400, "request.cursor_invalid", "cursor")
    offered = f"/clients/{house.client()}/attributable-events"
    assert refused(ask.get(offered, params={"on": "0001-01-01"})) == (422, "day.invalid", "on")
    assert refused(ask.get(f"/clients/{nobody}/attributable-events")) == (404, "client.unknown", "client_id")
    with carnet.client(Role.AUDITOR) as auditor, carnet.client(Role.SUBSCRIBER) as subscriber:
        assert auditor.put(put, json={"calendar_event_id": id}).status_code == 403
        assert subscriber.get(f"{path}/sell-through").status_code == 403
        assert subscriber.get(f"{path}/credits").status_code == 403
