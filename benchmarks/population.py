"""A register with many learners, made the same way every time."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from tqdm import tqdm

from lrs_soap.domain.codes import Service
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.passwords import hash_password
from lrs_soap.domain.uln import draw
from lrs_soap.store import open_store

PASSWORD = "0123456789abcdef"
UKPRN = "BENCH001"
GIVEN = "Amelia Oliver Isla George Ava Noah Mia Arthur Ivy Harry Freya Leo Priya Omar Zofia Kwame".split()
FAMILY = "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Khan Nowak Okafor Hughes Evans Begum".split()
SYLLABLES = "bar den field ford gate ham hurst ley mere ridge stead stow thorpe ton wick worth".split()
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
MOMENT = datetime(2024, 9, 1, tzinfo=UTC)
FIRST_BIRTH = date(1950, 1, 1)


def learners(count: int) -> Iterator[Learner]:
    """Give invented learners, no two alike in the five details."""
    chance = random.Random(2024)
    for number in range(count):
        family = f"{chance.choice(FAMILY)}{chance.choice(SYLLABLES)}{_word(number)}"
        yield Learner(
            uln=draw(chance.randrange),
            given_name=chance.choice(GIVEN),
            family_name=family,
            date_of_birth=FIRST_BIRTH + timedelta(days=chance.randrange(21_000)),
            gender=chance.choice("12"),
            last_known_post_code=_post_code(chance),
            last_known_address_line_1=f"{chance.randrange(1, 99)} Mill Row",
            last_known_address_town="Leeds",
            email_address=f"{family.lower()}@example.org",
            ability_to_share="1",
            created_at=MOMENT,
            updated_at=MOMENT,
        )


def newcomers(after: int, count: int) -> Iterator[Learner]:
    """Give learners who are none of the first ones."""
    return islice(learners(after + count), after, None)


def _word(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 20)
        letters += LETTERS[rest].lower()
    return letters


def _post_code(chance: random.Random) -> str:
    inward = f"{chance.randrange(10)}{chance.choice(LETTERS)}{chance.choice(LETTERS)}"
    return f"LS{chance.randrange(1, 30)} {inward}"


def populate(database: str, count: int) -> list[Learner]:
    """Fill a new register and return a sample of its learners to ask for."""
    store = open_store(database)
    store.migrate()
    everyone = list({learner.uln: learner for learner in learners(count)}.values())
    with store.writing() as work, tqdm(total=len(everyone), desc="learners", disable=None) as bar:
        grants = frozenset(service.value for service in Service)
        work.organisations.add(
            Organisation(
                ukprn=UKPRN,
                reference="BENCH1",
                name="Benchmark College",
                password_hash=hash_password(PASSWORD),
                grants=grants,
            )
        )
        work.learners.add_many(everyone, progress=bar.update)
    store.close()
    return random.Random(7).sample(everyone, min(2000, len(everyone)))


def find_message(learner: Learner) -> bytes:
    """Return learnerByULN FUL for a learner, as a client sends it."""
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:fin="http://api.lrs.miap.gov.uk/findmsg"><soapenv:Header/><soapenv:Body><fin:FindLearnerByULN>'
        f"<FindType>FUL</FindType><UKPRN>{UKPRN}</UKPRN><OrgPassword>{PASSWORD}</OrgPassword>"
        f"<UserName>bench</UserName><ULN>{learner.uln}</ULN><FamilyName>{learner.family_name}</FamilyName>"
        f"<GivenName>{learner.given_name}</GivenName></fin:FindLearnerByULN></soapenv:Body></soapenv:Envelope>"
    ).encode()
