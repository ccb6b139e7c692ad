"""Looks the installed packages up among those with known vulnerabilities: `python -m tests.audit`.

Exit code 1 when one has some. Where the package index's list cannot be reached, as offline, it says so and ends with 0.
"""

import json
import subprocess
import sys
from typing import Any

COMMAND = (sys.executable, "-m", "pip_audit", "--vulnerability-service", "pypi", "--skip-editable")
OPTIONS = ("--format", "json", "--progress-spinner", "off", "--timeout", "15")
LONGEST = 300


def judged(report: str) -> tuple[int, list[str]]:
    """Return the exit code for a report of pip-audit, and the lines that tell what is in it."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return 0, ["NOT AUDITED: the list of known vulnerabilities cannot be reached from here."]
    audited = [package for package in packages if "skip_reason" not in package]
    left_out = [package["name"] for package in packages if "skip_reason" in package]
    found = [_line(package, known) for package in audited for known in package["vulns"]]
    if not audited:
        return 0, [f"NOT AUDITED: nothing is known of any of the {len(left_out)} packages from here."]
    lines = [f"Audited {len(audited)} packages: {len(found)} known vulnerabilities.", *found]
    if left_out:
        lines.append(f"NOT AUDITED, since nothing is known of them from here: {', '.join(left_out)}")
    return bool(found), lines


def _line(package: dict[str, Any], known: dict[str, Any]) -> str:
    fixed = ", ".join(known.get("fix_versions") or ()) or "none yet"
    return f"{package['name']} {package['version']}: {known['id']}, fixed in: {fixed}"


def main() -> int:
    """Audit this environment."""
    try:
        done = subprocess.run([*COMMAND, *OPTIONS], capture_output=True, text=True, timeout=LONGEST, check=False)
        report = done.stdout
    except subprocess.TimeoutExpired:
        report = ""
    code, lines = judged(report)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
