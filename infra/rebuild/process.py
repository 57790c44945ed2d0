"""The process `carnet rebuild`, and what else is done about generations."""

from typing import Final

import typer

from consumers.rebuilding import Cancelled, Stopped, Unprojectable
from infra import logging
from infra.processes.supervise import stop_signals
from infra.rebuild.telling import JsonLines, Words
from infra.rebuild.work import Ending, Rebuild, Refused, Switch
from infra.settings import Settings
from infra.sql.beside import Beside
from infra.sql.beside import cancel as ask_to_stop
from infra.sql.generations import Busy, Generations
from infra.wiring import OtherSource, chosen, house
from infra.work import give_way, work_in_batches
from projections.projection import Projection

_ENDINGS: Final = {
    Ending.SERVES: "the new generation of {name} serves; --back to the former one, or --drop it",
    Ending.READY: "the new generation of {name} stands ready; --switch lets it serve, --drop removes it",
    Ending.DIFFERS: "the new generation of {name} stands ready and differs; --switch lets it serve, --drop removes it",
}
_BACK: Final = "the former generation of {name} serves again; --back to the other one, or --drop it"


def rebuild(name: str, *, back: bool, switch: Switch, park: bool, as_json: bool) -> int:
    """Builds, compares and switches; returns the exit status."""
    projection = _chosen(name)
    settings = Settings()
    logging.configure("rebuild", settings.log_level)
    tell = JsonLines(projection) if as_json else Words(projection)
    try:
        with stop_signals() as stop, work_in_batches(), house(settings) as opened:
            give_way()  # not before: an embedded server that it starts is everybody's
            beside = Beside.FORMER if back else Beside.BUILDING
            ending = Rebuild(opened, projection, tell, stop, beside, switch, park).run()
    except (Stopped, Cancelled) as end:
        ended = "stopped" if isinstance(end, Stopped) else "cancelled"
        tell.ended(ended, f"{ended}; `carnet rebuild {name}` goes on where it was, --drop removes it")
        return 1
    except (Refused, Busy, OtherSource, Unprojectable) as refusal:
        tell.ended("refused", f"{name}: {refusal}")
        return 1
    sentence = _BACK if back and ending is Ending.SERVES else _ENDINGS[ending]
    tell.ended(ending.value, sentence.format(name=name))
    return 1 if ending is Ending.DIFFERS else 0


def cancel(name: str, *, as_json: bool) -> int:
    """Asks whoever rebuilds it, wherever, to stop where it is."""
    projection = _chosen(name)
    with house(Settings()) as opened:
        found = ask_to_stop(opened.databases.read, projection)
    _say(
        projection, "cancelled" if found else "nothing", f"{name}: {'cancelled' if found else 'none is built'}", as_json
    )
    return 0


def drop(name: str, *, earlier: bool, as_json: bool) -> int:
    """Removes what does not serve; with `earlier` the tables of earlier versions instead."""
    projection = _chosen(name)
    try:
        with house(Settings()) as opened, Generations.claimed(opened.databases.read, projection) as generations:
            found = generations.drop_earlier() if earlier else [each.name.lower() for each in generations.drop()]
    except Busy as busy:
        _say(projection, "refused", f"{name}: {busy}: --cancel it first", as_json)
        return 1
    _say(projection, "dropped", f"{name}: dropped {' and '.join(found) or 'nothing'}", as_json)
    return 0


def _chosen(name: str) -> Projection:
    try:
        [projection] = chosen([name])
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="PROJECTION") from None
    return projection


def _say(projection: Projection, ended: str, sentence: str, as_json: bool) -> None:
    (JsonLines(projection) if as_json else Words(projection)).ended(ended, sentence)
