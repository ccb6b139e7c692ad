"""Who may call in a world: the organisations of the demo world, which worlds without learners have too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ORGANISATIONS: tuple[Mapping[str, Any], ...] = (
    {
        "UKPRN": "DEMO0001",
        "OrganisationRef": "DEMO01",
        "Name": "Demonstration Academy Trust",
        "OrgPassword": "demo-password-01",
        "Grants": [
            "find",
            "register",
            "update",
            "batch",
            "verify",
            "learning events",
            "achievements",
            "organisations",
        ],
    },
    {
        "UKPRN": "DEMO0002",
        "OrganisationRef": "DEMO02",
        "Name": "Example Valley College",
        "OrgPassword": "demo-password-02",
        "Grants": ["find", "register", "batch", "verify", "organisations"],
    },
    {
        "UKPRN": "DEMO0003",
        "OrganisationRef": "DEMO03",
        "Name": "Sample Awarding Organisation",
        "OrgPassword": "demo-password-03",
        "Grants": ["find", "verify", "achievements", "organisations"],
        "AwardingOrganisation": "Y",
    },
)
USER_NAME = "test.user"
_NAMING = ("UKPRN", "OrganisationRef", "OrgPassword")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How an organisation names itself to the service. user_name: any will do."""

    ukprn: str
    organisation_ref: str
    password: str
    user_name: str = USER_NAME


def credentials_of(world_file: Mapping[str, Any]) -> tuple[Credentials, ...]:
    """Return the credentials of the organisations in a world file, in its order."""
    rows = world_file.get("Organisations") or ()
    return tuple(Credentials(*(str(row[name]) for name in _NAMING)) for row in rows)


DEMO_CREDENTIALS = credentials_of({"Organisations": ORGANISATIONS})


def read_world_file(file: str | Path | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return a world file, given as text, by its path or as what it holds, both as text and as what it holds."""
    if isinstance(file, Mapping):
        return json.dumps(file, default=str), file
    text = file.read_text(encoding="utf-8") if isinstance(file, Path) else file
    # Every value counts as the text that is written. What is no world file, the server refuses with good words.
    try:
        content = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and mappings alone
    except yaml.YAMLError:
        content = None
    return text, content if isinstance(content, Mapping) else {}
