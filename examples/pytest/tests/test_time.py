"""What depends on the time, without waiting for it."""

from datetime import timedelta

import pytest
from mis.enrolment import Enrolment, RefusedError
from people import PERSON

from lrs_soap.testing import Clock, World

TWELVE = PERSON | {"DateOfBirth": "2012-09-01"}


def test_too_young_until_the_birthday(enrolment: Enrolment, lrs_clock: Clock, lrs_world: World) -> None:
    """A learner is registered from the thirteenth birthday on."""
    lrs_clock.freeze("2025-08-31T12:00:00+01:00")
    with pytest.raises(RefusedError, match="WSEC0001"):
        enrolment.uln_of(TWELVE)
    lrs_clock.advance(days=1)
    uln = enrolment.uln_of(TWELVE)
    assert lrs_world.learners.get(uln).record["CreatedDate"].startswith("2025-09-01")


def test_a_clock_ahead(lrs_clock: Clock) -> None:
    """A clock can also go on from another moment, and be put right again."""
    now = lrs_clock.now
    assert lrs_clock.offset(timedelta(days=365)).now - now >= timedelta(days=365)
    assert lrs_clock.real().mode == "real"
