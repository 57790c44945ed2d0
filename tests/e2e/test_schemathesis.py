"""Thousands of requests made from our own contract find no fault of ours and no answer that it does not declare."""

import json
import os
import subprocess
import sys
from pathlib import Path

from domain.access import Role
from tests.support.running import CALLERS, Running

# Good and bad requests, the edges of every field, chance, and chains of requests; the seed makes a run repeatable.
_RUN = [
    "--phases",
    "examples,coverage,fuzzing,stateful",
    "--seed",
    "7",
    "--max-examples",
    "5",
    "--continue-on-failure",
]

# A request can be as described and still be refused for what was recorded before: that is no fault.
_CONFIG = """
[checks]
positive_data_acceptance.enabled = false
# A list that is too long may be too large before it is looked at.
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "406", "412", "413", "422"]

[[operations]]
include-operation-id = "get_history"
headers = {{ Authorization = "Bearer {auditor}" }}

# It stands where a client's id may stand too, so that GET is understood there, as a question about a client.
[[operations]]
include-operation-id = "search_clients"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

[[operations]]
include-operation-id = "find_duplicates"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

# So may an invited client's.
[[operations]]
include-operation-id = "invite_organization"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

# So may a rule's id.
[[operations]]
include-operation-id = "adopt_house_defaults"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

[[operations]]
include-operation-id = "try_rule"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""

_CALL = {"channel": "call", "outcome": "reached"}
_HOUR = {"starts": "2026-03-09T08:00", "ends": "2026-03-09T09:00", "time_zone": "Europe/Paris"}


def test_the_api_does_what_its_contract_says(carnet: Running, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(_CONFIG.format(auditor=carnet.token(CALLERS[Role.AUDITOR])))
    token = carnet.token(CALLERS[Role.ASSOCIATE])
    program = Path(sys.executable).with_name("schemathesis")
    arguments = [
        "--config-file",
        str(config),
        "run",
        f"{carnet.url}/openapi.json",
        "-H",
        f"Authorization: Bearer {token}",
    ]
    found = subprocess.run(
        [program, *arguments, *_RUN, "--generation-database", "none", "--no-shrink", "--no-color"],
        cwd=tmp_path,
        env={
            **os.environ,
            "FUZZING_IDS": json.dumps(_things(carnet)),
            "SCHEMATHESIS_HOOKS": "tests.support.fuzzing",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def _things(carnet: Running) -> dict[str, str]:
    """What there is to ask about, by the parameter that names it."""
    line = {"sku": "G-06", "description": "Glass", "quantity": 1_000_000, "unit_price": "33.50"}
    sale = {
        "reference": {"source": "till", "number": "schemathesis"},
        "occurred_at": "2026-03-02T15:00:00+01:00",
        "currency": "EUR",
        "lines": [line, {**line, "handover": "ordered"}],
    }
    with carnet.client() as associate:
        client_id = associate.post("/clients", json={"name": {"family": "Leclerc"}}).json()["id"]
        sale_id = associate.post("/sales", json={**sale, "client_id": client_id}).json()["id"]
        note = {"text": "Prefers gold.", "privacy": "open"}
        note_id = associate.post(f"/clients/{client_id}/notes", json=note).json()["id"]
        outreach_id = associate.post(f"/clients/{client_id}/outreach", json=_CALL).json()["id"]
        visit_id = associate.post(f"/clients/{client_id}/visits", json={"reason": "price"}).json()["id"]
        appointment_id = associate.post(f"/clients/{client_id}/appointments", json=_HOUR).json()["id"]
        with carnet.client(Role.MANAGER) as manager:
            evening = {"starts": "2026-11-14T18:00", "ends": "2026-11-14T22:00", "time_zone": "Europe/Paris"}
            event = {"name": "Ball", "kind": "ball", "organizations": [], "scope": {"reach": "national"}, **evening}
            event_id = manager.post("/calendar-events", json=event).json()["id"]
            club = manager.post("/organizations", json={"name": "Club", "kind": "club"}).json()["id"]
        member = {"organization_id": club, "tie": "belonging"}
        associate.post(f"/calendar-events/{event_id}/invitations", json={"client_id": client_id})
        membership_id = associate.post(f"/clients/{client_id}/memberships", json=member).json()["id"]
    return {
        "client_id": client_id,
        "sale_id": sale_id,
        "note_id": note_id,
        "outreach_id": outreach_id,
        "visit_id": visit_id,
        "appointment_id": appointment_id,
        "organization_id": club,
        "calendar_event_id": event_id,
        "membership_id": membership_id,
    }
