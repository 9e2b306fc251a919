"""Structured logs: one line an event, with the request's or the job's id; never a secret."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(*, level: str, as_json: bool) -> None:
    """Sends all logs, ours and the libraries', to standard error.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        as_json: one JSON object a line, for machines; else plain lines.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("urllib3", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")
    logging.getLogger("apscheduler").setLevel("ERROR")  # it warns whenever a job takes longer than its interval
