"""Clients at work while workers are killed and the server starts anew: what they saw proves that nothing went wrong."""

from collections.abc import Callable, Sequence

from sqlalchemy.engine import make_url

from tests.history import telling
from tests.history.checker import check
from tests.history.findings import Verdict
from tests.history.operations import WRITES, Trouble
from tests.history.planning import VARIANTS, Plan, details, tasks, troubles
from tests.history.running import run

# All disturbances of this seed come early, so that they come even where the machine is too busy for all operations.
PLAN = Plan.of(operations=300, clients=8, seed=12, seconds=100)


def test_what_clients_saw_while_processes_were_killed_is_valid(
    database_url: str, record_property: Callable[[str, object], None]
) -> None:
    report = check(run(PLAN, database_url))
    database = make_url(database_url).get_backend_name()
    record_property("counted", f"history on {database}: {telling.summary(report)}")
    assert report.verdict is Verdict.VALID, "\n".join(telling.lines(report))
    assert report.kills > 0
    assert report.troubles.keys() & {Trouble.STOP, Trouble.CRASH}
    assert {kind for kind, _ in report.answers} >= WRITES


def test_tasks_and_troubles_follow_from_the_seed() -> None:
    def planned(seed: int) -> Sequence[object]:
        plan = Plan.of(operations=400, clients=8, seed=seed, seconds=1)
        return [*tasks(plan), *troubles(plan)]

    assert planned(1) == planned(1)
    assert planned(1) != planned(2)


def test_a_plan_disturbs_more_the_more_there_is_to_do() -> None:
    large = Plan.of(operations=100_000, clients=8, seed=1, seconds=1)
    assert (large.kills, large.restarts) > (PLAN.kills, PLAN.restarts)
    drawn = [trouble for _, trouble in troubles(large)]
    assert (drawn.count(Trouble.KILL), len(drawn)) == (large.kills, large.kills + large.restarts)


def test_persons_differ_from_one_another() -> None:
    known = {tuple(details(person, variant).values()) for person in range(2_000) for variant in range(VARIANTS)}
    assert len(known) == 2_000 * VARIANTS
