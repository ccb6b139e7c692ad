"""The organisations of worlds, and the credentials found in world files."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from lrs_soap.testing.organisations import DEMO_CREDENTIALS, ORGANISATIONS, credentials_of, read_world_file

TEXT = """
Organisations:
  - {UKPRN: 10000001, OrganisationRef: 000123, Name: No, OrgPassword: 0123456789012345}
"""


def test_they_are_those_of_the_demo_world() -> None:
    demo = files("lrs_soap.worlds").joinpath("demo.yaml").read_text(encoding="utf-8")
    assert list(ORGANISATIONS) == yaml.safe_load(demo)["Organisations"]
    assert [known.ukprn for known in DEMO_CREDENTIALS] == ["DEMO0001", "DEMO0002", "DEMO0003"]


@pytest.mark.parametrize("kind", ["text", "path"])
def test_values_of_a_world_file_are_texts(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(TEXT, encoding="utf-8")
    text, content = read_world_file(TEXT if kind == "text" else path)
    assert text == TEXT
    (known,) = credentials_of(content)
    assert (known.ukprn, known.organisation_ref, known.password) == ("10000001", "000123", "0123456789012345")


def test_a_world_file_as_what_it_holds() -> None:
    text, content = read_world_file({"Organisations": list(ORGANISATIONS)})
    assert json.loads(text) == content
    assert credentials_of(content) == DEMO_CREDENTIALS


@pytest.mark.parametrize("text", ["", "- a list", "{", "Organisations: []", "a: *b"])
def test_what_is_no_world_file_is_left_to_the_server(text: str) -> None:
    sent, content = read_world_file(text)
    assert sent == text
    assert credentials_of(content) == ()
