"""The process `carnet move`."""

from dataclasses import asdict

import psycopg

from consumers.source import Unavailable
from infra import logging
from infra.databases import databases, existing
from infra.keys.secrets import Secrets
from infra.moving.ends import Refused
from infra.moving.kept import FEEDS, Differs
from infra.moving.rows import compared
from infra.moving.work import Move, Moved, Stopped
from infra.processes.supervise import stop_signals
from infra.rebuild.telling import described
from infra.settings import Settings
from infra.sql.comparing import Comparison
from infra.telling import JsonLines, Words
from projections.registry import PROJECTIONS


def move(place: str, keys_url: str | None, *, as_json: bool) -> int:
    """Moves the house at this place to the databases of the settings; returns the exit status."""
    settings = Settings()
    logging.configure("move", settings.log_level)
    tell = JsonLines({}) if as_json else Words("move")
    try:
        with stop_signals() as stop, existing(place, keys_url) as source:
            secrets = Secrets.existing(settings.secrets or settings.home / "secrets")
            with databases(settings) as target:
                moved = Move(source, target, secrets, tell, stop.is_set).run()
    except (Refused, LookupError) as refusal:
        tell.ended("refused", f"nothing was moved: {refusal}")
    except Differs as differs:
        tell.ended("differs", f"not moved: {differs}")
    except Stopped:
        tell.ended("stopped", "stopped; run again, it goes on where it was")
    except (Unavailable, psycopg.Error) as trouble:
        named = str(trouble) if isinstance(trouble, Unavailable) else type(trouble).__name__
        tell.ended("trouble", f"not moved: {named}; run again, it goes on where it was")
    else:
        tell.ended("moved", _sentence(moved), asdict(moved))
        return 0
    return 1


def compare_rows(place: str, read_url: str | None, *, as_json: bool) -> int:
    """Compares the read models at this place with those of the settings; returns the exit status."""
    tell = JsonLines({}) if as_json else Words("move")
    try:
        with existing(place, read_url=read_url) as source, databases(Settings()) as target:
            found = compared(source.read, target.read, PROJECTIONS, tell.phase)
    except LookupError as refusal:
        tell.ended("refused", f"nothing was compared: {refusal}")
        return 1
    left_out = [f"without {', '.join(found.left_out)}, which only one release has"] if found.left_out else []
    sentence = "\n".join([*described(Comparison(found.rows, found.differences, 0, ())), *left_out])
    tell.ended("compared", sentence, {"equal": found.equal, **asdict(found)})
    return 0 if found.equal else 1


def _sentence(moved: Moved) -> str:
    rows = ", ".join(f"{many:,} {what}" for what, many in moved.rows.items() if what != FEEDS.rows)
    again = "was there before: " if moved.before else ""
    return f"{again}{rows}; every row is equal, every key opens; the log {moved.incarnation} ends at {moved.end:,}"
