"""Prometheus itself reads the alert rules, and sees a house in trouble."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # it has no stubs
from prometheus_client.parser import text_string_to_metric_families

from infra.processes.supervise import Processes
from infra.sql.read_models import SqlReadModels
from projections.note import notes
from tests.shape.test_alerts import RULES, TARGETS, told
from tests.support.members import wait_until
from tests.support.processes import free_port
from tests.support.prometheus import Prometheus, alerts, prometheus
from tests.support.running import Running
from tests.support.summary import TOLD

ALERTS: Final = Path(__file__).parents[2] / "infra" / "alerts.yml"
SOON: Final = 60.0

Series = dict[str, str]
NOTE: Final = '{projection="note"}'
HTTP: Final = 'carnet_http_request_seconds_count{method="GET", route="/", status="%d"}'
REBUILT: Final = "carnet_projection_rebuilt_ratio" + NOTE
# What is just too much, and what is just allowed: values every minute, for 75 minutes.
CASES: Final[dict[str, tuple[Series, list[Series]]]] = {
    "CarnetAbsent": ({'up{job="other"}': "1"}, [{'up{job="carnet-relay"}': "0"}]),
    "CarnetDown": ({'up{job="carnet", instance="a:1"}': "0"}, [{'up{job="carnet"}': "1"}, {'up{job="other"}': "0"}]),
    "CarnetUnmeasured": (
        {"carnet_projection_lag_seconds" + NOTE: "NaN"},
        [{"carnet_projection_lag_seconds" + NOTE: "0"}],
    ),
    "CarnetErrors": (
        {HTTP % 200: "0+79", HTTP % 404: "0+18", HTTP % 503: "0+3"},
        [{HTTP % 200: "0+80", HTTP % 404: "0+18", HTTP % 503: "0+2"}],
    ),
    "CarnetCommandsWaiting": ({"carnet_commands_waiting": "51"}, [{"carnet_commands_waiting": "50"}]),
    "CarnetProjectionLate": (
        {"carnet_projection_lag_seconds" + NOTE: "30.1"},
        [{"carnet_projection_lag_seconds" + NOTE: "30"}],
    ),
    "CarnetProjectionFarBehind": (
        {"carnet_projection_lag_events" + NOTE: "10001"},
        [{"carnet_projection_lag_events" + NOTE: "10000"}],
    ),
    "CarnetProjectionPaused": (
        {"carnet_projection_paused" + NOTE: "1"},
        [{"carnet_projection_paused" + NOTE: "0"}],
    ),
    "CarnetKeysParked": (
        {"carnet_projection_parked_keys" + NOTE: "1"},
        [{"carnet_projection_parked_keys" + NOTE: "0"}],
    ),
    "CarnetRebuildStuck": ({REBUILT: "0.4"}, [{REBUILT: "0.1+0.001"}, {REBUILT: "1"}]),
    "CarnetRelayLate": ({"carnet_relay_lag_seconds": "30.1"}, [{"carnet_relay_lag_seconds": "30"}]),
    "CarnetRelayFarBehind": ({"carnet_relay_lag_events": "10001"}, [{"carnet_relay_lag_events": "10000"}]),
    "CarnetRelayLeaderless": (
        {'carnet_leaders{role="relay"}': "0"},
        [
            {'carnet_leaders{role="relay", instance="a"}': "0", 'carnet_leaders{role="relay", instance="b"}': "1"},
            {'carnet_leaders{role="feed"}': "0"},
        ],
    ),
    "CarnetRelayBeginsAgain": (
        {"carnet_relay_begun_again_total": "0+0.6"},
        [{"carnet_relay_begun_again_total": "0+0.5"}],
    ),
    "CarnetPublisherLate": ({"carnet_publisher_lag_seconds": "30.1"}, [{"carnet_publisher_lag_seconds": "30"}]),
    "CarnetPublisherFarBehind": (
        {"carnet_publisher_lag_events": "10001"},
        [{"carnet_publisher_lag_events": "10000"}],
    ),
    "CarnetFeedWaiting": (
        {'carnet_feed_waiting_messages{format="kasse"}': "1001"},
        [{'carnet_feed_waiting_messages{format="kasse"}': "1000"}],
    ),
    "CarnetFeedParked": (
        {'carnet_feed_parked_pieces{format="kasse"}': "1"},
        [{'carnet_feed_parked_pieces{format="kasse"}': "0"}],
    ),
}


@pytest.fixture(scope="module")
def tools() -> Prometheus:
    return prometheus()


def test_the_rules_are_well_formed(tools: Prometheus, record_property: Any) -> None:
    record_property(TOLD, [f"alert rules: {tools.version}"])

    checked = tools.promtool("check", "rules", "--lint=all", "--lint-fatal", ALERTS)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_rule_fires_when_it_should_and_not_just_below(tools: Prometheus, tmp_path: Path) -> None:
    assert CASES.keys() == {rule["alert"] for rule in RULES}
    tests = [_expecting(alert, too_much, 1) for alert, (too_much, _) in CASES.items()]
    tests += [_expecting(alert, each, 0) for alert, (_, allowed) in CASES.items() for each in allowed]

    assert _tested(tools, tmp_path, tests) == (0, "")

    wrong = [_expecting(alert, too_much, 0) for alert, (too_much, _) in CASES.items()]
    failed, said = _tested(tools, tmp_path, wrong)
    assert (failed, said.count("expr:")) == (1, len(CASES)), "that nothing fires is noticed"


def _expecting(alert: str, series: Series, firing: int) -> dict[str, Any]:
    """One test of promtool: at first nothing fires, after 70 minutes this does, or does not."""
    fires = f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})'
    expected = [{"labels": "{}", "value": firing}] if firing else []
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": _over_time(values)} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": fires, "eval_time": "0m", "exp_samples": []},
            {"expr": fires, "eval_time": "70m", "exp_samples": expected},
        ],
    }


def _over_time(values: str) -> str:
    """As promtool writes it; `0x75` would be one number, and what is none does not grow."""
    return f"{values}x75" if "+" in values else " ".join([values] * 76)


def _tested(tools: Prometheus, directory: Path, tests: list[dict[str, Any]]) -> tuple[int, str]:
    file = directory / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": tests}))
    done = tools.promtool("test", "rules", file)
    return done.returncode, done.stderr


def test_every_series_of_a_rule_is_on_our_page_of_metrics(carnet: Running) -> None:
    families = {family.name for family in text_string_to_metric_families(httpx.get(f"{carnet.url}/metrics").text)}
    named = {name for rule in RULES for name in told() if name in rule["expr"]} - TARGETS.keys()
    assert named
    assert {name.removesuffix("_count").removesuffix("_total") for name in named} <= families


def test_a_house_in_trouble_is_told_of(tools: Prometheus, carnet: Running, tmp_path: Path) -> None:
    """One projection is paused, and one process that should be there is not."""
    port = free_port()
    config, nobody = _configured(port, tmp_path)
    checked = tools.promtool("check", "config", config)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    paused = {"alertname": "CarnetProjectionPaused", "projection": "note", "severity": "critical"}
    down = {"alertname": "CarnetDown", "job": "carnet-relay", "instance": nobody, "severity": "critical"}
    with _api(carnet, port, tmp_path), tools.running(config, free_port()) as prometheus:
        wait_until(lambda: down in alerts(prometheus, "firing"), SOON, lambda: alerts(prometheus, "pending"))
        assert paused not in alerts(prometheus, "firing")
        with closing(SqlReadModels(carnet.house.databases.read)) as models:
            models.pause(notes)
        try:
            wait_until(lambda: paused in alerts(prometheus, "firing"), SOON, lambda: alerts(prometheus, "pending"))
            page = httpx.get(f"http://127.0.0.1:{port}/status").text
            assert 'note v1: <span class="wrong">paused</span>' in page
        finally:
            carnet.house.dead_letters.resume(notes)
        wait_until(lambda: paused not in alerts(prometheus, "firing"), SOON)
        assert down in alerts(prometheus, "firing")


@contextmanager
def _api(carnet: Running, port: int, directory: Path) -> Iterator[None]:
    """A process of its own for the same house: what others tell of themselves in this one is not mixed with it."""
    settings = carnet.house.settings
    environment = {
        "CARNET_DATABASE_URL": str(settings.database_url),
        "CARNET_KEYS_URL": str(settings.keys_url),
        "CARNET_READ_URL": str(settings.read_url),
        "CARNET_HOME": str(settings.home),
        "CARNET_PORT": str(port),
    }
    api = Processes(environment, directory / "logs")
    try:
        api.start("api", ["api"])
        api.wait_ready("127.0.0.1", port, SOON)
        yield
    finally:
        api.stop()


def _configured(port: int, directory: Path) -> tuple[Path, str]:
    """Our rules, of which nothing but the patience is shortened; and where nobody listens."""
    rules = yaml.safe_load(ALERTS.read_text())
    for rule in rules["groups"][0]["rules"]:
        rule["for"] = "1s"
    (directory / "alerts.yml").write_text(yaml.safe_dump(rules))
    nobody = f"127.0.0.1:{free_port()}"
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "500ms"},
        "rule_files": ["alerts.yml"],
        "scrape_configs": [
            {"job_name": "carnet", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]},
            {"job_name": "carnet-relay", "static_configs": [{"targets": [nobody]}]},
        ],
    }
    path = directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path, nobody
