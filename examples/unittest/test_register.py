"""The register in tests with unittest: one server for the module, one world for each test.

Run it with `python -m unittest` in this directory.
"""
# ruff: noqa: PT009 - assertEqual is how unittest says it

import re
import unittest

import requests

from lrs_soap.testing import LrsServer

server = LrsServer(settings={"log_level": "error"})

FIND = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <fin:FindLearnerByULN xmlns:fin="http://api.lrs.miap.gov.uk/findmsg">
      <FindType>FUL</FindType>
      <UKPRN>{ukprn}</UKPRN>
      <OrgPassword>{password}</OrgPassword>
      <UserName>unittest</UserName>
      <ULN>{uln}</ULN>
      <FamilyName>{family_name}</FamilyName>
      <GivenName>{given_name}</GivenName>
    </fin:FindLearnerByULN>
  </soapenv:Body>
</soapenv:Envelope>"""


def setUpModule() -> None:
    """Start the server, and have it ended whatever happens."""
    unittest.enterModuleContext(server)


class FindingTest(unittest.TestCase):
    """Each test has a world of its own."""

    def setUp(self) -> None:
        """Make a world, and have it deleted."""
        self.world = self.enterContext(server.world(origin="empty"))

    def find(self, uln: str, given_name: str, family_name: str) -> str:
        """Call the service as the client under test would, and return the code of its answer."""
        known = self.world.credentials
        message = FIND.format(
            ukprn=known.ukprn, password=known.password, uln=uln, given_name=given_name, family_name=family_name
        )
        answer = requests.post(
            self.world.service("LearnerService"),
            data=message.encode(),
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
            timeout=10,
        )
        found = re.search("<(?:ResponseCode|ErrorCode)>(.*?)</", answer.text)
        return found[1] if found else f"HTTP {answer.status_code}"

    def test_a_learner_of_this_test_alone(self) -> None:
        """What a test makes is there for it."""
        learner = self.world.learner(GivenName="Rosalind", FamilyName="Lovelace")
        self.assertEqual(self.find(learner.uln, "Rosalind", "Lovelace"), "WSRC0004")
        self.assertEqual(self.find(learner.uln, "Somebody", "Else"), "WSRC0001")

    def test_a_refusal(self) -> None:
        """A scenario lasts for its block."""
        learner = self.world.learner()
        with self.world.scenario("internal-error"):
            self.assertEqual(self.find(learner.uln, learner["GivenName"], learner["FamilyName"]), "WSEC0999")
        self.assertEqual(self.find(learner.uln, learner["GivenName"], learner["FamilyName"]), "WSRC0004")

    def test_what_was_sent(self) -> None:
        """The journal has every request, passwords blotted out."""
        self.find("9276308686", "Maeve", "Okafor")
        (entry,) = self.world.journal.wait(1, operation="learnerByULN")
        self.assertIn("9276308686", entry.request)
        self.assertNotIn(self.world.credentials.password, entry.request)


if __name__ == "__main__":
    unittest.main()
