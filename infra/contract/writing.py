"""`carnet contract`: the contract with subscribers as files, which only ever gain something."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from domain.catalog import CATALOG
from infra.broker.topics import Topics
from infra.contract.asyncapi import document
from infra.contract.schemas import breaking, card_schema, schemas


@cache
def files() -> dict[str, str]:
    """What the contract says today, by path. Names that are not stored any more keep the file they have."""
    of_events = schemas(CATALOG)
    names = [name for name in (*CATALOG.events, *CATALOG.upcasts) if name not in CATALOG.internal]
    whole = {"asyncapi.json": document(names, Topics()), "card.json": card_schema()}
    return {name: _text(content) for name, content in whole.items()} | {
        f"events/{name}.json": _text(schema) for name, schema in of_events.items()
    }


def broken(folder: Path) -> list[str]:
    """What subscribers who rely on the files in a folder could not read any more."""
    now = files()
    return [
        f"{path.relative_to(folder)}{what}"
        for path in sorted(folder.rglob("*.json"))
        if (name := path.relative_to(folder).as_posix()) in now
        for what in breaking(json.loads(path.read_text()), json.loads(now[name]))
    ]


def write(folder: Path) -> list[str]:
    """Writes what is new or has gained something; returns the names. Nothing is written if anything would break."""
    if what := broken(folder):
        raise ValueError("; ".join(what))
    changed = []
    for name, text in files().items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(name)
    return changed


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
