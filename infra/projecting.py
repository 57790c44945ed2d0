"""The process `carnet project`."""

from collections.abc import Sequence

import structlog
import typer

from infra import logging
from infra.settings import Settings
from infra.supervise import stop_signals
from infra.wiring import OtherSource, chosen, house
from infra.work import rare_collections

log = structlog.get_logger()


def project(names: Sequence[str]) -> None:
    try:
        projections = chosen(names)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from None
    logging.configure("project")
    try:
        with stop_signals() as stop, house(Settings()) as opened, opened.projector(names) as runner, rare_collections():
            log.info("projecting", projections=[projection.name for projection in projections])
            runner.run(stop)
            log.info("stopped")
    except OtherSource as refusal:
        log.error("projector refuses", reason=str(refusal))  # noqa: TRY400 - no bug: where it was raised says nothing
        raise typer.Exit(1) from None
