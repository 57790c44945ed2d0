"""What the relay, a projector, the publisher and the page for who is on call tell, as real processes."""

from collections.abc import Callable
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from projections.client_card import client_card
from tests.support.processes import free_port, processes, until

Samples = dict[str, float]


def test_relay_projector_and_publisher_tell_how_far_they_are(
    kafka: str, database: Callable[[], str], tmp_path: Path
) -> None:
    ports = {name: free_port() for name in ("relay", "project")}
    with processes(kafka, database, tmp_path, metrics=ports) as found, found.running.client() as associate:
        clients = [associate.post("/clients", json={"name": {"family": "Leclerc"}}).json()["id"] for _ in range(3)]
        poisoned = {"kind": "email", "value": "handler@mail.example"}
        assert associate.post(f"/clients/{clients[0]}/contact-points", json=poisoned).status_code == 201

        def relay() -> Samples:
            return scrape(ports["relay"])

        def project() -> Samples:
            return scrape(ports["project"])

        until(lambda: relay()["carnet_relay_events_total"] == 4, "four events relayed", found)
        until(lambda: relay()["carnet_relay_lag_events"] == 0, "the relay is at the end", found)
        told = relay()
        assert (told["carnet_relay_leads"], told["carnet_relay_begun_again_total"]) == (1, 0)
        assert 0 < told["carnet_relay_transaction_seconds_count"] <= 4
        assert told["carnet_relay_transaction_seconds_sum"] > 0
        assert told["carnet_relay_lag_seconds"] == 0

        until(lambda: project().get("carnet_projection_parked_keys{client_card}") == 1, "one key parked", found)
        until(lambda: project()["carnet_projection_lag_events{client_card}"] == 0, "all is projected", found)
        told = project()
        assert told["carnet_projected_events_total{applied,client_card}"] == 3
        assert told["carnet_projected_events_total{parked,client_card}"] == 1
        assert told["carnet_projected_batch_seconds_count{client_card}"] > 0
        assert told["carnet_projection_paused{client_card}"] == 0
        assert told["carnet_projection_lag_seconds{client_card}"] == 0

        def hops() -> dict[str, str]:
            """As the API's page for who is on call tells them."""
            return {hop["name"]: hop["state"] for hop in httpx.get(f"{found.running.url}/status.json").json()["hops"]}

        until(
            lambda: hops().get(f"client_card v{client_card.version}") == "parked",
            "the page tells of the parked key",
            found,
        )
        told_first = hops()
        assert [told_first[name] for name in ("log", "relay", "topics", "note v1")] == ["ok"] * 4
        assert "publisher" not in told_first, "nobody ever published"
        assert scrape(int(found.environment["CARNET_PORT"]))["carnet_leaders{relay}"] == 1

        with found.processes.pop("relay") as killed:
            killed.kill()
        until(lambda: hops()["relay"] == "stopped", "the page tells that nobody is the relay", found)
        assert scrape(int(found.environment["CARNET_PORT"]))["carnet_leaders{relay}"] == 0
        associate.post("/clients", json={"name": {"family": "Leclerc"}})
        until(lambda: project()["carnet_projection_lag_events{client_card}"] > 0, "the lag is the log's", found)
        assert project()["carnet_projection_lag_seconds{client_card}"] > 0

        port = free_port()
        found.start("publish", CARNET_METRICS_PORT=str(port))

        def publish() -> Samples:
            return scrape(port)

        until(lambda: publish().get("carnet_publisher_cards_total") == 3, "a card of each who is on Kafka", found)
        assert (publish()["carnet_publisher_leads"], publish()["carnet_publisher_begun_again_total"]) == (1, 0)


def scrape(port: int) -> Samples:
    """Samples by name, with the values of their labels; none while the process starts."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.ConnectError:
        return dict.fromkeys(("carnet_relay_events_total", "carnet_relay_lag_events"), -1.0)
    return {
        sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        if family.name.startswith("carnet_")
        for sample in family.samples
    }
