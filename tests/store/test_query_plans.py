"""Query plans: every question of the rules goes by an index, on either database, however many learners there are."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, Engine, Insert, event, insert, select, text

from lrs_soap.domain import names
from lrs_soap.domain.codes import Operation
from lrs_soap.domain.jobs import JobStatus, Result
from lrs_soap.store import Store, UnitOfWork
from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.store.jobs import Hold, JobLost
from lrs_soap.store.schema import learner as table
from lrs_soap.store.schema import metadata
from tests.factories import MOMENT, job, learner, uln_of

CROWDED = date(1900, 1, 1)
WANTED = learner(1, date_of_birth=CROWDED)
KEYS = (WANTED.details.family_key, WANTED.details.given_key)

HOLD = Hold(job(), "one", 1, 1)

Question = Callable[[UnitOfWork], Any]


def raced(action: Callable[[], Any]) -> None:
    """Ask on behalf of a worker that lost its job."""
    with suppress(JobLost):
        action()


def candidates(work: UnitOfWork) -> Any:
    return work.learners.candidates(
        family_keys=KEYS,
        given_keys=KEYS[::-1],
        family_sounds=(names.sound(KEYS[0]),),
        given_sounds=(names.sound(KEYS[1]),),
        post_code_key=WANTED.details.post_code_key,
        dates_of_birth=(CROWDED, date(1900, 2, 1)),
        month_of_birth=(CROWDED, date(1900, 1, 31)),
    )


QUESTIONS: dict[str, Question] = {
    "get": lambda work: work.learners.get(WANTED.uln),
    "many": lambda work: work.learners.many([WANTED.uln, uln_of(2)]),
    "exact": lambda work: work.learners.exact(WANTED.details),
    "candidates": candidates,
    "replace": lambda work: work.learners.replace(WANTED, 99),
    "events": lambda work: work.events.of([WANTED.uln, uln_of(2)]),
    "finds": lambda work: work.audit.finds("TEST0101", WANTED.details, MOMENT),
    "views": lambda work: work.audit.views([WANTED.uln, uln_of(2)], Operation.GET_LEARNING_EVENTS, 20, 20),
    "any free job": lambda work: work.jobs.any_free(),
    "claim a job": lambda work: work.jobs.claim("one", 30, MOMENT),
    "take a record": lambda work: raced(lambda: work.jobs.take(HOLD, 30)),
    "answer a record": lambda work: raced(lambda: work.jobs.answer(HOLD, 1, Result("RC002", WANTED.uln))),
    "end a job": lambda work: raced(lambda: work.jobs.end(HOLD, JobStatus.SUCCESSFUL, MOMENT)),
    "release a job": lambda work: work.jobs.release(HOLD),
    "get a job": lambda work: work.jobs.get(1),
    "jobs of": lambda work: work.jobs.of("TEST0101"),
    "records": lambda work: list(work.jobs.records(1)),
    "counts": lambda work: work.jobs.counts(1),
    "earlier records": lambda work: work.jobs.earlier(1, 5).repeat(WANTED.uln, WANTED.details),
    "earlier results": lambda work: work.jobs.earlier(1, 5).came_to(WANTED.uln),
    "exception": lambda work: work.exceptions.get(1),
    "exceptions": lambda work: list(work.exceptions.of("TEST0101")),
    "overdue": lambda work: work.exceptions.overdue(MOMENT, 5),
    "qualification": lambda work: work.qualifications.get("60012345"),
    "by UKPRN": lambda work: work.organisations.by_ukprn("TEST0101"),
    "by reference": lambda work: work.organisations.by_reference("TST001"),
}
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


@dataclass
class Planner:
    """Asks a database how it would answer."""

    engine: Engine
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def plans(self, question: Question, *settings: str) -> str:
        """Return the plans of all statements that a question of the domain needs, under some settings."""
        with transaction(self.engine) as connection:
            for setting in settings:
                connection.execute(text(setting))
            with self._recorded():
                question(UnitOfWork(connection))
            return "\n".join(self._plan(connection, *asked) for asked in self.asked if "SAVEPOINT" not in asked[0])

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            self.asked.append((statement, values))

        event.listen(self.engine, "before_cursor_execute", note)
        yield
        event.remove(self.engine, "before_cursor_execute", note)

    def _plan(self, connection: Connection, statement: str, values: Any) -> str:
        explain = "EXPLAIN QUERY PLAN" if self.engine.dialect.name == "sqlite" else "EXPLAIN"
        rows: Sequence[Any] = connection.exec_driver_sql(f"{explain} {statement}", values).all()
        return "\n".join(row[-1] for row in rows)


@pytest.fixture
def planner(database_url: str) -> Iterator[Planner]:
    engine = make_engine(parse_url(database_url))
    yield Planner(engine)
    engine.dispose()


def scans(plans: str) -> list[str]:
    """Return what reads a whole table (of SQLite's, reading what a sub-select gave is none)."""
    tables = "|".join((*metadata.tables, "linked"))
    return re.findall(rf"Seq Scan on \w+|SCAN (?:{tables})\b(?! USING INDEX ix_job_unfinished).*", plans)


@every_question
def test_no_table_is_read_whole(planner: Planner, question: Question) -> None:
    settings = ["SET enable_seqscan = off"] if planner.engine.dialect.name == "postgresql" else []
    plans = planner.plans(question, *settings)
    assert re.search(r"Index (?:Only )?Scan|Bitmap Index Scan|SEARCH|USING INDEX ix_job_unfinished", plans)
    assert scans(plans) == []


@pytest.fixture
def crowd(store: Store, planner: Planner) -> Planner:
    """Give the planner of a register where many share a date of birth and names, among many more who do not."""
    crowded = [learner(number, date_of_birth=CROWDED, last_known_post_code=f"LS2 {number}A") for number in range(1000)]
    others = [learner(number, family_name=f"N{number}", given_name=f"G{number}") for number in range(1000, 3000)]
    with store.writing() as work:
        work.learners.add_many(crowded + others)
    with transaction(planner.engine) as connection:
        for step in range(5):
            connection.execute(twice_as_many_others(step))
        connection.execute(text("ANALYZE"))
    return planner


def twice_as_many_others(step: int) -> Insert:
    """Return what adds to all learners with names of their own as many others."""
    changed: dict[str, ColumnElement[Any]] = {
        "uln": table.c.uln + 10**9 * 2**step,
        "family_key": table.c.family_key + f"X{step}",
        "given_key": table.c.given_key + f"X{step}",
    }
    columns = [changed.get(column.name, column) for column in table.c]
    return insert(table).from_select(list(table.c), select(*columns).where(table.c.date_of_birth != CROWDED))


@pytest.mark.parametrize("question", [QUESTIONS[name] for name in ("get", "many", "exact", "candidates", "replace")])
def test_in_a_crowd_no_table_is_read_whole(crowd: Planner, question: Question) -> None:
    assert scans(crowd.plans(question)) == []


def test_each_way_to_candidates_stops_at_its_limit_without_sorting(planner: Planner) -> None:
    is_sqlite = planner.engine.dialect.name == "sqlite"
    settings = [] if is_sqlite else [f"SET enable_{kind} = off" for kind in ("seqscan", "sort", "bitmapscan")]
    plans = planner.plans(candidates, *settings)
    ways = 31
    if is_sqlite:
        assert len(re.findall(r"SEARCH learner USING (?:COVERING )?INDEX (?:ix_learner|uq_learner)", plans)) == ways
        assert "TEMP B-TREE FOR ORDER BY" not in plans
    else:
        assert len(re.findall(r"Limit .*\n\s+->  Index (?:Only )?Scan using (?:ix|uq)_learner_\w+", plans)) == ways


def test_a_way_to_candidates_reads_no_row_of_the_table(planner: Planner) -> None:
    settings = ["SET enable_seqscan = off", "SET enable_bitmapscan = off"]
    is_sqlite = planner.engine.dialect.name == "sqlite"
    plans = planner.plans(candidates, *([] if is_sqlite else settings))
    covered = r"COVERING INDEX (ix_learner_\w+)" if is_sqlite else r"Index Only Scan using (ix_learner_\w+)"
    ways = {"ix_learner_family", "ix_learner_given", "ix_learner_post_code", "ix_learner_sound"}
    assert ways <= set(re.findall(covered, plans))
