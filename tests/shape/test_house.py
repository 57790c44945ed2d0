"""What is said about the house is true of it."""

import re
from pathlib import Path

import pytest

from infra.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("domain", "commands", "projections", "queries", "consumers", "infra", "tests", "bench", "docs")


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_decision_stands_in_the_index() -> None:
    directory = ROOT / "docs" / "adr"
    index = (directory / "README.md").read_text()
    assert set(re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", index)) == {path.name for path in directory.glob("0*.md")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_points_to_is_there(page: Path) -> None:
    text = page.read_text()
    linked = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert [target for target in linked if not (page.parent / target).exists()] == []
    named = re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w/.-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_only_the_lock_and_nothing_else_says_where_packages_come_from() -> None:
    for lock in ("requirements.lock", "requirements-uv.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        packages = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
        assert packages
        assert len(re.findall(r"--hash=sha256:", text)) >= len(packages)
    assert not (ROOT / "uv.lock").exists()


def test_empty_files_make_the_packages() -> None:
    packages = [ROOT / room for room in ROOMS if room != "docs"]
    filled = [path for room in packages for path in room.rglob("__init__.py") if path.stat().st_size]
    assert filled == []
