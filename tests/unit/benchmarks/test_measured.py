from benchmarks.load import Result
from benchmarks.measured import Measured, by_operation, growth, markdown, told


def measured(**values: object) -> Measured:
    known = {
        "operation": "find",
        "database": "SQLite",
        "workers": 2,
        "learners": 100_000,
        "rate": 1234.4,
        "p50": 1.0,
        "p99": 2.5,
        "answers": 500,
        "others": 0,
    }
    return Measured(**(known | values))  # type: ignore[arg-type]


def test_percentiles_are_in_milliseconds() -> None:
    result = Result("find", 2.0, [number / 1000 for number in range(1, 100)], 0)
    assert (result.percentile(50), result.percentile(99)) == (50.0, 99.0)
    assert result.rate == 49.5


def test_results_of_rounds_are_put_together() -> None:
    result = Result("find", 1.0, [0.1], 1)
    result.add(Result("find", 2.0, [0.2, 0.3], 1))
    assert (result.seconds, result.latencies, result.refused) == (3.0, [0.1, 0.2, 0.3], 2)


def test_a_table_has_numbers_to_the_right() -> None:
    assert markdown(["", "ms"], [["find", 1.5], ["verify", 2]]).splitlines() == [
        "| | ms |",
        "|---|---:|",
        "| find | 1.5 |",
        "| verify | 2 |",
    ]


def test_growth_is_from_the_smallest_to_the_largest() -> None:
    sizes = {10_000_000: 3.0, 100_000: 2.0, 1_000_000: 9.0}
    assert growth([measured(learners=size, p50=p50) for size, p50 in sizes.items()]) == 1.5


def test_each_database_and_number_of_workers_has_a_table() -> None:
    tables = list(
        by_operation(
            [
                measured(learners=1_000_000, p50=1.25, others=3),
                measured(),
                measured(operation="verify"),
                measured(workers=1),
                measured(database="PostgreSQL"),
            ]
        )
    )
    assert [table.splitlines()[0] for table in tables] == [
        "### SQLite, 2 workers",
        "### SQLite, 1 worker",
        "### PostgreSQL, 2 workers",
    ]
    assert "| find | 1,234 | 1.00 | 2.50 | 1,234 | 1.25 | 2.50 | 1.25 | 3 |" in tables[0]


def test_what_was_not_measured_has_no_table() -> None:
    tables = list(by_operation([measured(workers=1), measured(workers=2, database="PostgreSQL")]))
    assert len(tables) == 2


def test_one_is_not_plural() -> None:
    assert (told(1, "worker"), told(1000, "worker")) == ("1 worker", "1,000 workers")
