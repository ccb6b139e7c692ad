"""What is logged, and what never is: passwords, and anything about a person.

The message of an error nobody foresaw may quote what it choked on, be it a row, a name or a whole document. So a log
tells the kinds of the errors and the places they came through, and of messages those alone that cannot quote values.
"""

import logging
import os
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import psycopg
from gunicorn.glogging import Logger
from sqlalchemy.exc import DBAPIError

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
ACCESS_FORMAT: Final = '%(h)s - - %(t)s "%(r)s" %(s)s %(b)s "-" "%(a)s"'
HARMLESS_QUERIES: Final = frozenset({"wsdl", "singlewsdl"})

logger = logging.getLogger(__name__)


class Formatter(logging.Formatter):
    """Writes log lines as usual, and errors by kind and place, without what their messages quote."""

    # "Any" for what logging types as a union of tuples.
    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name logging calls it by
        """Return the error and those it came of, the first of them first."""
        return "\n".join(map(_told, reversed(list(_chain(ei[1])))))


def log_to_stderr(level: str) -> None:
    """Log on standard error what this product finds worth it at a level, and of libraries warnings at least.

    At finer levels libraries may log what passes through them.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(FORMAT))
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level.upper())), handlers=[handler])
    logging.getLogger("lrs_soap").setLevel(level.upper())
    # What cannot be formatted would be printed with all its arguments.
    logging.raiseExceptions = False
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_the_end
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda ended: _log_the_end(ended.exc_type, ended.exc_value, ended.exc_traceback)


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log: errors as `Formatter` writes them, requests without their query, referrer and user."""

    def setup(self, cfg: Any) -> None:
        """Prepare the handlers."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Formatter(self.error_fmt, self.datefmt))

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log the error being handled; one that stands for a message of its own tells no more than its kind."""
        said = "unforeseen error" if isinstance(msg, BaseException) else msg
        super().exception(said, *args, **kwargs)

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """Return what a line on a request is made of."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = quote(environ["PATH_INFO"].encode("latin-1", "replace"))
        query = _query_told(environ.get("QUERY_STRING", ""))
        atoms["r"] = f"{environ['REQUEST_METHOD']} {path}{query} {environ['SERVER_PROTOCOL']}"
        return atoms


def _query_told(query: str) -> str:
    if not query:
        return ""
    named = parse_qsl(query, keep_blank_values=True)
    harmless = all(name.lower() in HARMLESS_QUERIES and not value for name, value in named)
    return f"?{query}" if harmless else "?..."


def _log_the_end(kind: type[BaseException], error: BaseException | None, place: TracebackType | None) -> None:
    if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        logger.critical("ended by an unforeseen error", exc_info=(kind, error, place))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it came of, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    places = "".join(traceback.format_tb(error.__traceback__))
    known = _known_of(error)
    return f"{places}{type(error).__module__}.{type(error).__qualname__}{': ' if known else ''}{known}"


def _known_of(error: BaseException) -> str:
    """Return what can be told of an error without quoting a value."""
    match error:
        case DBAPIError():
            # Values stand beside the statement, never in it.
            return f"at {error.statement}"
        case sqlite3.Error():
            return str(error)
        case psycopg.Error():
            return _known_of_postgresql(error)
        case OSError(errno=int(number)):
            return f"[Errno {number}] {os.strerror(number)}"
    return ""


def _known_of_postgresql(error: psycopg.Error) -> str:
    if error.sqlstate is None:
        # It comes from the connection, not from a statement; or from the driver, about values it was given.
        return str(error) if isinstance(error, psycopg.OperationalError) else ""
    where = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return " ".join(["SQLSTATE", error.sqlstate, *filter(None, where)])
