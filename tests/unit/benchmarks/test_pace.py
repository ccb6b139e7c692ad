from benchmarks.pace import due


def test_requests_of_all_clients_are_due_at_even_intervals() -> None:
    moments = [due(8, 2, client, 3) for client in range(3)]
    assert sorted(moment for some in moments for moment in some) == [number / 8 for number in range(16)]
    assert moments[1] == [1 / 8, 4 / 8, 7 / 8, 10 / 8, 13 / 8]
