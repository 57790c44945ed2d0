"""What the whole command says at its end: what ran, against what, and what was skipped and why."""

import os
from collections import Counter, defaultdict

import pytest

FOLDERS = {
    "unit": "pure functions, no socket",
    "shape": "the rules of the house",
    "contract": "one suite per seam, on the memory and the real adapters",
    "integration": "PostgreSQL {postgres}",
    "e2e": "HTTP and the command line, PostgreSQL {postgres}",
    "faults": "real processes killed, PostgreSQL {postgres} and Kafka",
}
# Most of a minute and more each: before the rest of what is not fast, so that at the end of a run nobody waits for one
# of them.
LONGEST = (
    "tests/faults/test_faults.py",
    "tests/integration/test_import_real.py",
    "tests/e2e/test_schemathesis.py",
    "tests/e2e/test_guides.py",
    "tests/e2e/test_two_worlds.py",
    "tests/e2e/test_two_worlds_of_gifts.py",
)
# The property under which a test records lines that are worth telling at the end.
TOLD = "told"
OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast ones first, in the order of the folders above, then the longest, then the others."""
    order = list(FOLDERS)
    others = order.index("integration")

    def place(item: pytest.Item) -> tuple[int, bool, int]:
        folder, path = order.index(_folder(item.nodeid)), item.nodeid.partition("::")[0]
        return min(folder, others), path not in LONGEST, folder

    items.sort(key=place)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from infra.embedded.postgres import VERSION

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            if outcome != "passed" or report.when == "call":
                counts[_folder(report.nodeid)][outcome] += 1
    terminalreporter.section("what ran against what")
    postgres = f"{VERSION} (embedded, from a wheel)"
    for folder, against in FOLDERS.items():
        if folder in counts:
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts[folder].items())
            terminalreporter.write_line(f"{folder:12} {told:24} {against.format(postgres=postgres)}")
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, lines in report.user_properties if report.when == "call" else ():
            if name == TOLD:
                for line in lines:
                    terminalreporter.write_line(f"{'':12} {line}")
    for report in terminalreporter.getreports("skipped"):
        terminalreporter.write_line(f"skipped      {report.nodeid}: {report.longrepr[2]}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing is skipped: a skipped test there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _folder(nodeid: str) -> str:
    return nodeid.split("/")[1]
