import json
from datetime import date

import pytest

from lrs_client import output
from lrs_client.faults import LrsFault, LrsUnreachableError
from lrs_client.learner import FindAnswer, Learner
from lrs_client.meanings import CODES, meaning
from lrs_soap.domain.codes import MEANINGS

MAEVE = Learner(
    uln="9276308686",
    given_name="Maeve",
    family_name="Okafor",
    date_of_birth=date(2004, 2, 29),
    gender="2",
    last_known_post_code="LS2 9AB",
    ability_to_share="1",
    version_number=3,
)


def test_an_answer_tells_code_meaning_advice_and_learners() -> None:
    told = output.answer_told("WSRC0004", output.LEARNERS, [MAEVE])
    assert told == (
        "WSRC0004  Exactly one learner matches.\n"
        "          Use this ULN.\n"
        "\n"
        "ULN         Given name  Family name  Date of birth  Gender  Postcode  Shares  Version\n"
        "9276308686  Maeve       Okafor       2004-02-29     female  LS2 9AB   1       3"
    )


def test_an_answer_without_learners_has_no_table() -> None:
    assert output.answer_told("WSRC0001", output.LEARNERS, []) == output.code_told("WSRC0001")


def test_a_terminal_is_sent_no_control_characters() -> None:
    assert "\x9b" not in output.facts({"Name": "a\x9b31m\nb"})
    assert output.facts({"Name": "a\x9bb", "None": None}) == "Name  a\N{REPLACEMENT CHARACTER}b"


def test_json_has_every_field() -> None:
    found = json.loads(output.as_json(FindAnswer(code="WSRC0004", learners=(MAEVE,))))
    assert found["code"] == "WSRC0004"
    assert found["learners"][0].keys() == Learner.__dataclass_fields__.keys()
    assert found["learners"][0]["date_of_birth"] == "2004-02-29"
    assert json.loads(output.as_json((MAEVE,)))[0]["uln"] == "9276308686"


def test_a_fault_is_told_with_meaning_and_details() -> None:
    told = output.error_told(LrsFault("WSEC0005", "Not correct.", "For TEST0101"))
    assert "WSEC0005  The password is wrong." in told
    assert "Further details   For TEST0101" in told
    assert json.loads(output.error_as_json(LrsFault("WSEC0005", "Not correct.")))["code"] == "WSEC0005"


def test_another_error_is_one_line() -> None:
    error = LrsUnreachableError("http://127.0.0.1:1 cannot be reached: Connection refused.")
    assert output.error_told(error) == f"lrs-client: {error}"
    assert json.loads(output.error_as_json(error)) == {"error": "LrsUnreachableError", "text": str(error)}


def test_the_clients_know_every_code_of_the_service() -> None:
    assert CODES.keys() == MEANINGS.keys()


@pytest.mark.parametrize("code", MEANINGS)
def test_the_clients_advise_what_the_service_advises(code: str) -> None:
    assert meaning(code).advice == MEANINGS[code].advice


def test_a_code_of_a_later_service_is_told_as_unknown() -> None:
    assert "not known to this client" in meaning("WSRC9999").text
