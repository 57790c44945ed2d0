"""What the guides tell a reader to type does what they say."""

from collections.abc import Callable
from pathlib import Path

from tests.support.guide import follow
from tests.support.processes import processes

GUIDES = Path(__file__).parents[2] / "docs" / "guides"


def test_the_guide_to_kafka(kafka: str, database: Callable[[], str], tmp_path: Path) -> None:
    with processes(kafka, database, tmp_path) as found:
        followed = follow(GUIDES / "kafka.md", found.environment)

    assert followed.returncode == 0, followed.stderr
    told = followed.stdout.splitlines()
    assert sum("sale.recorded.v1" in line for line in told) == 3, followed.stdout
    assert any(line.startswith("relay ") for line in told)
    assert told[-1] == "nothing is parked"


def test_a_page_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for wrong in ("```sh\ncarnet nothing\n```\n", "```python\nraise SystemExit(3)\n```\n"):
        page.write_text(f"```sh\ntrue\n```\n{wrong}```sh\ntrue\n```\n")
        assert follow(page, {"PATH": "/usr/bin:/bin"}).returncode != 0
