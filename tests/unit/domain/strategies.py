"""What property tests of the rules draw from."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from lrs_soap.domain import uln
from lrs_soap.domain.finding import FindByDemographics
from lrs_soap.domain.learner import Learner
from tests.fakes import a_learner

FAMILY_NAMES = ("Okafor", "Smith", "Smyth", "O'Neil", "Smith-Jones", "Renée", "Łukasz", "Taylor", "Nguyen", "Ó Sé")
GIVEN_NAMES = ("Maeve", "Mave", "Catherine", "Kathryn", "Stephen", "Steven", "Ann-Marie", "Zoë", "Mohammed", "Jo")

family_names = st.sampled_from(FAMILY_NAMES)
given_names = st.sampled_from(GIVEN_NAMES)
genders = st.sampled_from("0129")
post_codes = st.sampled_from(("LS2 9AB", "LS2 9AD", "M1 1AE", "BFPO 12", "ZZ99 9ZZ"))
dates_of_birth = st.dates(date(1990, 1, 1), date(2010, 12, 31))
any_text = st.text(max_size=35)


def _uln_of(prefix: int) -> str:
    numbers = iter(range(prefix, prefix + 2))
    return uln.draw(lambda _: next(numbers) - 100_000_000)


ulns = st.integers(100_000_000, 999_999_990).map(_uln_of)


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """Draw five details, by attribute name."""
    return {
        "family_name": draw(family_names),
        "given_name": draw(given_names),
        "date_of_birth": draw(dates_of_birth),
        "gender": draw(genders),
        "last_known_post_code": draw(post_codes),
    }


@st.composite
def registers(draw: st.DrawFn) -> list[Learner]:
    """Draw live learners of whom no two share all five details, born close together so that they are compared."""
    born = draw(dates_of_birth)
    learners: dict[object, Learner] = {}
    for number in draw(st.lists(ulns, unique=True, max_size=14)):
        day = born + timedelta(days=draw(st.integers(0, 1)))
        learner = a_learner(number, **draw(people()) | {"date_of_birth": day})
        learners.setdefault(learner.details, learner)
    return list(learners.values())


def search_for(learner: Learner, **changes: Any) -> FindByDemographics:
    """Return a find with the five details of a learner, with changes."""
    values: dict[str, Any] = {
        "family_name": learner.family_name,
        "given_name": learner.given_name,
        "date_of_birth": learner.date_of_birth,
        "gender": learner.gender,
        "last_known_post_code": learner.last_known_post_code,
    }
    return FindByDemographics(**values | changes)
