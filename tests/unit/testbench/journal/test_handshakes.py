"""A connection that came to nothing has an entry of its own, and a flood of them drives nothing else out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lrs_soap import tls
from lrs_soap.app import build_application, open_control
from lrs_soap.registers import open_register
from lrs_soap.settings import Settings, load_settings
from lrs_soap.testbench.conformance.judging import judge
from lrs_soap.testbench.conformance.packing import pack
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal import Criteria, Handshakes, Journal, Limits
from lrs_soap.testbench.journal.handshakes import LONGEST_DETAIL, MOST_A_MINUTE
from lrs_soap.tls import HandshakeRefusal, Reason
from tests.unit.testbench.journal.making import exchange

MINUTE = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TLS = Criteria(outcome="TLS-*")


def refusal(reason: Reason = Reason.EXPIRED, at: datetime = MINUTE, detail: str = "it said no") -> HandshakeRefusal:
    return HandshakeRefusal(at, "192.0.2.7", reason, detail)


@pytest.fixture
def handshakes(journal: Journal) -> Handshakes:
    return Handshakes(journal.record)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_found_by_its_outcome_and_told_in_plain_words(
    journal: Journal, handshakes: Handshakes, reason: Reason
) -> None:
    journal.record(exchange())
    handshakes.note(refusal(reason))
    (entry,) = journal.find(TLS)
    assert journal.find(Criteria(outcome=f"TLS-{reason.name.replace('_', '-')}")) == [entry]
    assert (entry.at, entry.world, entry.remote, entry.status) == (MINUTE, "default", "192.0.2.7", 0)
    assert (entry.request, entry.answer, entry.operation, entry.organisation) == (b"", b"", "", "")
    assert (entry.explanation.kind, entry.explanation.rule) == ("handshake", "TLS")
    told, advice, said = entry.explanation.sentences
    assert told == f"There was no connection: {reason}."
    assert advice.endswith(".")
    assert said == "The system said: it said no"
    assert entry.explanation.details["reason"] == reason
    assert entry.to_json(blot_personal=True)["explanation"] == entry.explanation.to_json()


def test_it_is_handed_out_without_messages(journal: Journal, handshakes: Handshakes, tmp_path: Path) -> None:
    handshakes.note(refusal())
    assert journal.export(TLS, tmp_path / "export") == 1
    assert [path.name for path in (tmp_path / "export").iterdir()] == ["index.json"]


def test_of_a_flood_some_are_written_down_and_the_rest_is_counted(journal: Journal, handshakes: Handshakes) -> None:
    journal.record(exchange(user_name="first"))
    for number in range(MOST_A_MINUTE + 940):
        handshakes.note(refusal(Reason.BROKEN_OFF, MINUTE + timedelta(milliseconds=number)))
    assert journal.count(TLS) == MOST_A_MINUTE
    for second in (60, 61):
        handshakes.note(refusal(at=MINUTE + timedelta(seconds=second)))
    *_, counting, last = journal.find(TLS)
    assert counting.explanation.sentences[-1] == ("Before it, 940 more came to nothing than are written down here.")
    assert "more came to nothing" not in " ".join(last.explanation.sentences)
    assert journal.count(Criteria(operation="learnerByULN")) == 1


@pytest.mark.parametrize("limits", [Limits(entries=20), Limits(size=20_000)], ids=str)
def test_they_keep_to_the_limits_of_the_journal(tmp_path: Path, limits: Limits) -> None:
    journal = Journal(tmp_path / "journal.db", limits)
    handshakes = Handshakes(journal.record)
    now = datetime.now(UTC)
    for number in range(200):
        handshakes.note(refusal(at=now + timedelta(minutes=number), detail="x" * 1_000_000))
    kept = journal.find(limit=None)
    assert 0 < len(kept) <= min(limits.entries, limits.size // LONGEST_DETAIL)
    assert kept[-1].at == now + timedelta(minutes=199)
    assert max(len(entry.explanation.details["detail"]) for entry in kept) == LONGEST_DETAIL
    journal.close()


def test_no_client_is_judged_by_them() -> None:
    made: list[Exchange] = []
    Handshakes(made.append).note(refusal())
    assert pack(made[0]) is None
    assert judge(made[0]) is None


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    before = list(tls.on_refusal)
    yield load_settings(database=f"sqlite:///{tmp_path / 'register.db'}", control_directory=str(tmp_path), tls=True)
    assert tls.on_refusal == before


def test_a_service_writes_them_down_until_it_is_closed(settings: Settings) -> None:
    application = build_application(settings, open_register(settings))
    tls.report_refusal("192.0.2.7", Reason.REVOKED, "certificate revoked")
    application.close()
    tls.report_refusal("192.0.2.8", Reason.REVOKED, "certificate revoked")
    journal = Journal(open_control(settings).directory / "journal.db")
    assert [(entry.outcome, entry.remote) for entry in journal.find()] == [("TLS-REVOKED", "192.0.2.7")]
    journal.close()


@pytest.mark.parametrize("without", [{"tls": False}, {"journal": False}], ids=str)
def test_a_service_without_tls_or_journal_does_not_listen(settings: Settings, without: dict[str, bool]) -> None:
    before = list(tls.on_refusal)
    application = build_application(settings.model_copy(update=without), open_register(settings))
    assert tls.on_refusal == before
    application.close()
