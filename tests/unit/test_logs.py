"""Logs: errors by kind and place, requests without their query, and never a value."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from gunicorn.config import Config
from sqlalchemy import insert

from lrs_soap.logs import ACCESS_FORMAT, Formatter, ServerLog
from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.store.schema import qualification

# Lines of code stand in tracebacks: none may name the value itself.
PERSON = "Okafor"


@contextmanager
def log_of(name: str) -> Iterator[io.StringIO]:
    """Give what one logger writes, as the product formats it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Formatter("%(message)s"))
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        yield written
    finally:
        logger.removeHandler(handler)


def logged(fail: Callable[[], object]) -> str:
    with log_of("tests.logs") as written:
        try:
            fail()
        except Exception as error:
            logging.getLogger("tests.logs").error("unforeseen", exc_info=error)
        else:
            raise AssertionError("nothing failed")
    return written.getvalue()


def fail_with_a_value() -> None:
    raise ValueError(f"{PERSON} is no number")


def fail_twice() -> None:
    try:
        fail_with_a_value()
    except ValueError as error:
        raise KeyError(PERSON) from error


def test_an_error_is_told_by_kind_and_place() -> None:
    said = logged(fail_with_a_value)
    assert "in fail_with_a_value" in said
    assert said.rstrip().endswith("builtins.ValueError")
    assert PERSON not in said


def test_an_error_that_came_of_another_is_told_after_it() -> None:
    lines = [line for line in logged(fail_twice).splitlines() if not line.startswith(" ")]
    assert lines == ["unforeseen", "builtins.ValueError", "builtins.KeyError"]


def test_an_error_of_the_system_is_told_without_the_file() -> None:
    assert "FileNotFoundError: [Errno 2] No such file or directory\n" in logged(Path("/nowhere/Okafor.csv").read_bytes)


def test_an_error_of_the_database_quotes_no_row(database_url: str) -> None:
    row = dict(zip(qualification.c.keys(), ("Okafor", "Okafor", "", "", "", 0, "", False), strict=True))
    engine = make_engine(parse_url(database_url))

    def store_it_twice() -> None:
        with transaction(engine) as connection:
            connection.execute(insert(qualification), row)
            connection.execute(insert(qualification), row)

    said = logged(store_it_twice)
    engine.dispose()
    assert "sqlalchemy.exc.IntegrityError: at INSERT INTO qualification" in said
    assert "qualification.reference_key" in said or "SQLSTATE 23505 qualification pk_qualification" in said
    assert "Okafor" not in said


def test_postgresql_alone_would_have_quoted_the_row(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE person (name text CONSTRAINT names UNIQUE)")

        def fail() -> None:
            connection.execute("INSERT INTO person VALUES (%s), (%s)", (PERSON, PERSON))

        with pytest.raises(psycopg.Error, match="Okafor"), connection.transaction():
            fail()
        said = logged(fail)
    assert "psycopg.errors.UniqueViolation: SQLSTATE 23505 person names\n" in said


def test_a_database_that_cannot_be_reached_is_told() -> None:
    where = "postgresql://lrs:geheim@127.0.0.1:1/register"
    said = logged(lambda: psycopg.connect(where, connect_timeout=2))
    assert 'psycopg.OperationalError: connection failed: connection to server at "127.0.0.1"' in said
    assert "geheim" not in said


def access_line(query: str) -> str:
    config = Config()
    config.set("access_log_format", ACCESS_FORMAT)
    config.set("accesslog", "-")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/LearnerService.svc",
        "QUERY_STRING": query,
        "RAW_URI": f"/LearnerService.svc?{query}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_REFERER": "https://mis.example/?FamilyName=Okafor",
        "HTTP_USER_AGENT": "mis/1.0",
        "HTTP_AUTHORIZATION": "Basic T2thZm9yOnNlY3JldA==",
    }
    log = ServerLog(config)
    request = SimpleNamespace(headers=[])
    spent = SimpleNamespace(seconds=0, microseconds=1)
    with log_of("gunicorn.access") as written:
        log.access(SimpleNamespace(status="200 OK", sent=7, headers=[]), request, environ, spent)
    for handler in list(log.access_log.handlers):
        log.access_log.removeHandler(handler)
    return written.getvalue()


def test_a_request_is_logged_without_what_its_query_says() -> None:
    assert '"GET /LearnerService.svc?wsdl HTTP/1.1" 200 7 "-" "mis/1.0"' in access_line("wsdl")
    line = access_line("FamilyName=Okafor")
    assert '"GET /LearnerService.svc?... HTTP/1.1"' in line
    assert "Okafor" not in line
    assert "Okafor" not in access_line("wsdl=Okafor")
    assert "Okafor" not in access_line("Okafor")


def test_the_error_log_of_the_server_tells_an_error_by_its_kind() -> None:
    log = ServerLog(Config())
    with log_of("gunicorn.error") as written:
        try:
            fail_with_a_value()
        except ValueError as error:
            log.exception(error)
    assert isinstance(log.error_log.handlers[0].formatter, Formatter)
    assert written.getvalue().startswith("unforeseen error\n")
    assert written.getvalue().endswith("builtins.ValueError\n")
