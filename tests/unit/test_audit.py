"""What the audit says of a report, and when it fails."""

import json
from typing import Any

from tests.audit import judged

GOOD = {"name": "lxml", "version": "6.0.0", "vulns": []}
BAD = {"name": "flask", "version": "0.1", "vulns": [{"id": "PYSEC-2018-66", "fix_versions": ["0.12.3"]}]}
UNKNOWN = {"name": "spyne", "skip_reason": "not found"}


def judgement(*packages: dict[str, Any]) -> tuple[int, list[str]]:
    return judged(json.dumps({"dependencies": packages, "fixes": []}))


def test_a_known_vulnerability_fails() -> None:
    code, lines = judgement(GOOD, BAD)
    assert code == 1
    assert lines == ["Audited 2 packages: 1 known vulnerabilities.", "flask 0.1: PYSEC-2018-66, fixed in: 0.12.3"]


def test_none_passes() -> None:
    assert judgement(GOOD) == (0, ["Audited 1 packages: 0 known vulnerabilities."])


def test_what_was_not_audited_is_said() -> None:
    code, lines = judgement(GOOD, UNKNOWN)
    assert (code, lines[1]) == (0, "NOT AUDITED, since nothing is known of them from here: spyne")
    assert judgement(UNKNOWN) == (0, ["NOT AUDITED: nothing is known of any of the 1 packages from here."])


def test_a_vulnerability_among_unknown_packages_still_fails() -> None:
    assert judgement(UNKNOWN, BAD)[0] == 1


def test_no_report_is_no_audit() -> None:
    for report in ("", "Traceback", "{}"):
        code, lines = judged(report)
        assert code == 0
        assert lines == ["NOT AUDITED: the list of known vulnerabilities cannot be reached from here."]
