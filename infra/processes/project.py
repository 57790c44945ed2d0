"""The process `carnet project`: from events to rows, for as many projections as it is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
import typer

from infra import logging, metrics
from infra.processes.beginning import begun
from infra.processes.measuring import measuring, tell_projections
from infra.processes.supervise import stop_signals
from infra.settings import Settings
from infra.status import read_status
from infra.wiring import House, OtherSource, chosen, house
from infra.work import short_turns, work_in_batches

log = structlog.get_logger()


def project(names: Sequence[str]) -> None:
    try:
        projections = chosen(names)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from None
    settings = Settings()
    logging.configure("project", settings.log_level)
    running = [projection.name for projection in projections]
    try:
        with (
            stop_signals() as stop,
            begun(lambda: house(settings), stop) as opened,
            opened.projector(names) as runner,
            _measured(opened, running),
            work_in_batches(),
            short_turns(),
        ):
            log.info("projecting", projections=running)
            runner.run(stop)
            log.info("stopped")
    except OtherSource as refusal:
        log.error("projector refuses", reason=str(refusal))  # noqa: TRY400 - no bug: where it was raised says nothing
        raise typer.Exit(1) from None


@contextmanager
def _measured(opened: House, names: Sequence[str]) -> Iterator[None]:
    """Metrics and the lag, if there is a port to tell them on."""
    if opened.settings.metrics_port is None:
        yield
        return
    with (
        measuring(
            lambda: tell_projections(names, read_status(opened).projections), lambda: tell_projections(names, [])
        ),
        metrics.served(opened.settings.host, opened.settings.metrics_port),
    ):
        yield
