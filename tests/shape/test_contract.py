"""docs/contract says what the code says, for every name that is or was stored."""

from pathlib import Path

from domain.catalog import CATALOG
from infra.contract.writing import files

FOLDER = Path(__file__).parents[2] / "docs" / "contract"


def test_the_contract_on_file_is_that_of_the_code() -> None:
    found = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in FOLDER.rglob("*.json")}
    now = files()

    assert {name: found.get(name) for name in now} == now, "run `carnet contract --write docs/contract`"
    old = {f"events/{name}.json" for name in CATALOG.upcasts}
    assert found.keys() == now.keys() | old
