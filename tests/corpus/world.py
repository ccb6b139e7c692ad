"""Whom the corpus's messages come from and whom they ask for; README.md lists them for other projects."""

from lrs_soap.domain.learner import Learner
from lrs_soap.domain.organisations import Organisation
from tests import factories

ORGANISATIONS: tuple[Organisation, ...] = (
    factories.organisation(ukprn="TEST0101", reference="TEST01"),
    factories.organisation(ukprn="TEST0303", reference="TEST03", grants=frozenset()),
)
LEARNERS: tuple[Learner, ...] = (
    factories.learner(uln="9276308686", given_name="Maeve", family_name="Okafor"),
    factories.learner(uln="1026893096", given_name="Zoë", family_name="O’Neil"),  # noqa: RUF001 - the curly quote counts
)
