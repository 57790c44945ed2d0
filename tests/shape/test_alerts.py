"""The alert rules speak of what there is: our metrics and labels, the page's limits, the guide and its commands."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has no stubs
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from infra import metrics
from infra.oncall import limits
from tests.support.commands import understood

ROOT = Path(__file__).parents[2]
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((ROOT / "infra" / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
GUIDE = (ROOT / "docs" / "guides" / "on-call.md").read_text()
LIMITS = {
    "CarnetErrors": limits.ERROR_SHARE,
    "CarnetCommandsWaiting": limits.COMMANDS_WAITING,
    "CarnetProjectionLate": limits.BEHIND_SECONDS,
    "CarnetProjectionFarBehind": limits.BEHIND_EVENTS,
    "CarnetRelayLate": limits.BEHIND_SECONDS,
    "CarnetRelayFarBehind": limits.BEHIND_EVENTS,
    "CarnetRelayBeginsAgain": limits.RELAY_BEGINNINGS,
    "CarnetPublisherLate": limits.BEHIND_SECONDS,
    "CarnetPublisherFarBehind": limits.BEHIND_EVENTS,
    "CarnetFeedWaiting": limits.FEED_MESSAGES,
}
# What Prometheus itself tells of each target.
TARGETS = {"up": {"job", "instance"}}


def told() -> dict[str, set[str]]:
    """The labels of every series that we tell, by its name."""
    found = dict(TARGETS)
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            found |= {name: set(metric._labelnames) for name in REGISTRY._collector_to_names[metric]}
    return found


def unknown(rule: dict[str, Any]) -> list[str]:
    """The names and labels in a rule that nobody tells."""
    series = told()
    names = set(re.findall(r"\b(?:carnet_\w+|up)\b", rule["expr"]))
    labels = {label for name in names for label in series.get(name, ())}
    used = re.findall(r"(\w+)=~?\"", rule["expr"]) + re.findall(r"by \((\w+)\)", rule["expr"])
    used += re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    return sorted((names - series.keys()) | (set(used) - labels))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_speaks_of_what_we_tell_and_leads_to_the_guide(rule: dict[str, Any]) -> None:
    assert unknown(rule) == []
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["runbook_url"] == f"docs/guides/on-call.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in GUIDE


def test_a_name_that_is_misspelt_is_found() -> None:
    rule = {
        "expr": 'max by (projection) (carnet_projection_lag_second{role="relay"}) > 30',
        "annotations": {"summary": ""},
    }
    assert unknown(rule) == ["carnet_projection_lag_second", "projection", "role"]


def test_a_rule_allows_what_the_page_allows() -> None:
    said = {rule["alert"]: re.search(r"> ([\d.]+)\s*$", rule["expr"]) for rule in RULES}
    numbers = {alert: float(found[1]) for alert, found in said.items() if found}
    assert {alert: number for alert, number in numbers.items() if number} == LIMITS


def test_the_guide_has_a_chapter_for_every_rule_and_for_no_other_and_knows_its_commands() -> None:
    chapters = re.findall(r"^### (Carnet\w+)$", GUIDE, re.MULTILINE)
    assert chapters == [rule["alert"] for rule in RULES]
    typed = re.findall(r"^\$ (carnet [^|#&\n]+)", GUIDE, re.MULTILINE)
    commands = {*typed, *re.findall(r"`(carnet [^`]+)`", GUIDE)}
    assert len(commands) > 10
    assert sorted(command for command in commands if not understood(command)) == []
