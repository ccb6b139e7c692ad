"""What is kept of an exchange to be judged later: it is judged the same, and holds no password."""

from dataclasses import replace

import pytest

from lrs_soap.testbench.conformance.judging import judge
from lrs_soap.testbench.conformance.packing import LARGEST, pack, unpack
from tests.factories import PASSWORD
from tests.unit.testbench.conformance.cases import FIND, Case
from tests.unit.testbench.conformance.conducting import CONDUCTED
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.saying import SAYING
from tests.unit.testbench.conformance.sending import SENDING
from tests.unit.testbench.conformance.world import Place


@pytest.mark.parametrize("cases", [SENDING, SAYING, CONDUCTED], ids=["sending", "saying", "conducted"])
def test_what_was_packed_is_judged_as_if_it_had_not_been(place: Place, cases: list[Case]) -> None:
    packed = 0
    for case in cases:
        caller = Caller(place.service)
        case.script(caller)
        for made in caller.made:
            kept = pack(made)
            if kept is not None:
                packed += 1
                assert judge(unpack(kept)) == judge(made)
                assert PASSWORD.encode() not in kept[2] + kept[3]
    assert packed > len(cases) / 2


def test_an_ordinary_find_is_packed(caller: Caller) -> None:
    assert pack(caller(FIND)) is not None


UNUSUAL = FIND.replace(PASSWORD, f"<![CDATA[{PASSWORD}]]>")
AGAINST_THE_SCHEMA = FIND.replace("<ULN>", "<ULN>x")
OF_A_STRANGER = FIND.replace("TEST0101", "TEST0909")


@pytest.mark.parametrize("message", [UNUSUAL, AGAINST_THE_SCHEMA, OF_A_STRANGER])
def test_what_is_not_ordinary_is_not_packed(caller: Caller, message: str) -> None:
    assert pack(caller(message)) is None


def test_what_is_large_is_not_packed(caller: Caller) -> None:
    made = caller(FIND)
    assert pack(replace(made, answer=made.answer.ljust(LARGEST))) is None


def test_an_answer_that_repeats_the_password_is_not_packed(caller: Caller) -> None:
    made = caller(FIND)
    assert pack(replace(made, answer=made.answer + PASSWORD.encode())) is None
