"""The process `carnet move`."""

from dataclasses import asdict

import psycopg

from consumers.source import Unavailable
from infra import logging
from infra.databases import databases, existing
from infra.keys.secrets import Secrets
from infra.moving.ends import Refused
from infra.moving.kept import Differs
from infra.moving.work import Move, Moved, Stopped
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.telling import JsonLines, Words


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


def _sentence(moved: Moved) -> str:
    rows = ", ".join(f"{many:,} {what}" for what, many in moved.rows.items())
    again = "was there before: " if moved.before else ""
    return f"{again}{rows}; every row is equal, every key opens; the log {moved.incarnation} ends at {moved.end:,}"
