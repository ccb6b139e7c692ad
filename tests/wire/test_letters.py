"""Answers to the letter: live clients cut them up by prefixes, so prefixes are part of the contract."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE, FixedClock
from tests import factories
from tests.factories import linked_to
from tests.serving import running_server
from tests.wire import requests
from tests.wire.batches import Place, achievement, served
from tests.wire.conftest import fill
from tests.wire.soap import post

MAEVE = factories.learner(
    1,
    title="Ms",
    last_known_address_line_1="4 Mill Row",
    created_at=datetime(2019, 9, 3, 9, 0, tzinfo=UTC),
    updated_at=datetime(2021, 1, 18, 9, 0, tzinfo=UTC),
    version=3,
)
LINKED = linked_to(MAEVE, 2, given_name="May", last_known_post_code="ZZ99 9ZZ")
QUIET = factories.learner(3, given_name="Quentin", gender="1", ability_to_share="2", notes="a < b & c")
EVENT = factories.event(
    MAEVE,
    event_id=4284,
    participation_start=date(2018, 9, 4),
    participation_end=date(2020, 8, 20),
)

LEGACY_START = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
LEGACY_END = "</soapenv:Body></soapenv:Envelope>"
R9_START = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
R9_END = "</s:Body></s:Envelope>"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('letters') / 'register.db'}"
    fill(url, [MAEVE, LINKED, QUIET], [EVENT, factories.event(QUIET)])
    with running_server(url, env={"LRS_SOAP_FIXED_TIME": "2026-03-02T10:15:04"}) as running:
        yield running


LEARNER = (
    "<Learner><CreatedDate>2019-09-03</CreatedDate><LastUpdatedDate>2021-01-18</LastUpdatedDate>"
    f"<ULN>{MAEVE.uln}</ULN>%s<Title>Ms</Title><GivenName>Maeve</GivenName><FamilyName>Okafor</FamilyName>"
    "<LastKnownAddressLine1>4 Mill Row</LastKnownAddressLine1><LastKnownPostCode>LS2 9AB</LastKnownPostCode>"
    "<DateOfBirth>2004-02-29</DateOfBirth><Gender>2</Gender><VerificationType>1</VerificationType>"
    "<TierLevel>1</TierLevel><AbilityToShare>1</AbilityToShare><LearnerStatus>1</LearnerStatus>"
    '<LinkedULNs xmlns="http://api.lrs.miap.gov.uk/learner">'
    f'<ULN xmlns="">{LINKED.uln}</ULN></LinkedULNs><Notes/>'
    "<VersionNumber>3</VersionNumber></Learner>"
)


def test_an_exact_match(address: str) -> None:
    reply = post(address, "LearnerService", requests.by_demographics(LastKnownPostCode="LS29AB"))
    assert reply.text == (
        f'{LEGACY_START}<ns2:FindLearnerResponse xmlns:ns2="http://api.lrs.miap.gov.uk/findmsg">'
        "<ResponseCode>WSRC0004</ResponseCode><FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName>"
        "<DateOfBirth>2004-02-29</DateOfBirth><Gender>2</Gender><LastKnownPostCode>LS29AB</LastKnownPostCode>"
        f"{LEARNER % ''}</ns2:FindLearnerResponse>{LEGACY_END}"
    )


def test_a_linked_learner(address: str) -> None:
    reply = post(address, "LearnerService", requests.by_uln(LINKED.uln, "May"))
    assert reply.text == (
        f'{LEGACY_START}<ns2:FindLearnerResponse xmlns:ns2="http://api.lrs.miap.gov.uk/findmsg">'
        f"<ResponseCode>WSRC0022</ResponseCode><ULN>{LINKED.uln}</ULN><FamilyName>Okafor</FamilyName>"
        f"<GivenName>May</GivenName>{LEARNER % '<MasterSubstituted>Y</MasterSubstituted>'}"
        f"</ns2:FindLearnerResponse>{LEGACY_END}"
    )


def test_linked_ulns_are_sent_empty_and_text_is_escaped(address: str) -> None:
    reply = post(address, "LearnerService", requests.by_uln(QUIET.uln, "Quentin"))
    assert '<LinkedULNs xmlns="http://api.lrs.miap.gov.uk/learner"/><Notes>a &lt; b &amp; c</Notes>' in reply.text


def test_a_check_answers_the_code_and_the_echo_alone(address: str) -> None:
    reply = post(address, "LearnerService", requests.by_uln(MAEVE.uln, FindType="CHK"))
    assert reply.text == (
        f'{LEGACY_START}<ns2:FindLearnerResponse xmlns:ns2="http://api.lrs.miap.gov.uk/findmsg">'
        f"<ResponseCode>WSRC0004</ResponseCode><ULN>{MAEVE.uln}</ULN><FamilyName>Okafor</FamilyName>"
        f"<GivenName>Maeve</GivenName></ns2:FindLearnerResponse>{LEGACY_END}"
    )


def test_a_fault_of_learner_service(address: str) -> None:
    reply = post(address, "LearnerService", requests.by_uln(MAEVE.uln, FamilyName=""))
    assert reply.text == (
        f"{LEGACY_START}<soapenv:Fault><faultcode>soapenv:Server</faultcode>"
        "<faultstring>uk.gov.miap.lrs.api.exceptions.MIAPAPIException</faultstring><detail>"
        '<ns10:MIAPAPIException xmlns:ns10="http://api.lrs.miap.gov.uk/exceptions"><ErrorCode>WSEC0001</ErrorCode>'
        "<ErrorActor>uk.gov.miap.lrs.api.learner.utils.MSGValidator.validateSOAPMSG()</ErrorActor>"
        "<Description>Invalid request, The request was badly formed - this may include missing mandatory parameters, "
        "or invalid data types.</Description>"
        r"<FurtherDetails>cvc-pattern-valid: Value '' is not facet-valid with respect to pattern '[\s]*[\S][\s\S]*' "
        "for type 'MIAPNameNonEmpty'.</FurtherDetails><ErrorTimestamp>2026-03-02 10:15:04</ErrorTimestamp>"
        f"</ns10:MIAPAPIException></detail></soapenv:Fault>{LEGACY_END}"
    )


def test_the_children_of_a_fault_can_be_qualified(tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('qualified') / 'register.db'}"
    fill(url)
    with running_server(url, env={"LRS_SOAP_FAULT_CHILDREN": "qualified"}) as running:
        reply = post(running, "LearnerService", requests.by_uln(MAEVE.uln, FamilyName=""))
    assert "<ns10:ErrorCode>WSEC0001</ns10:ErrorCode>" in reply.text
    assert re.search(r"<ns10:ErrorTimestamp>[0-9: -]{19}</ns10:ErrorTimestamp></ns10:MIAPAPIException>", reply.text)


RESULT = (
    '<GetLearnerLearningEventsResponse xmlns="http://tempuri.org/"><GetLearnerLearningEventsResult '
    'xmlns:a="http://api.lrs.qcf.gov.uk/model" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">%s'
    "</GetLearnerLearningEventsResult></GetLearnerLearningEventsResponse>"
)


def test_learning_events(address: str) -> None:
    headers = {"SOAPAction": "http://tempuri.org/ILearnerServiceR9/GetLearnerLearningEvents"}
    reply = post(address, "LearnerServiceR9", requests.events(MAEVE.uln), headers)
    event = (
        "<a:AchievementAwardDate>2020-08-20</a:AchievementAwardDate>"
        "<a:AchievementProviderName>MILL ROW ACADEMY</a:AchievementProviderName>"
        "<a:AchievementProviderUkprn>10099901</a:AchievementProviderUkprn>"
        "<a:AwardingOrganisationName>UNKNOWN</a:AwardingOrganisationName>"
        "<a:AwardingOrganisationUkprn>UNKNWN</a:AwardingOrganisationUkprn><a:CollectionType>W</a:CollectionType>"
        "<a:Credits>0</a:Credits><a:DateLoaded>2020-11-05 16:47:04</a:DateLoaded><a:Grade>9999999999</a:Grade>"
        '<a:ID>4284</a:ID><a:Level i:nil="true"/><a:ParticipationEndDate>2020-08-20</a:ParticipationEndDate>'
        "<a:ParticipationStartDate>2018-09-04</a:ParticipationStartDate><a:QualificationType>GCSE</a:QualificationType>"
        "<a:Restriction>0</a:Restriction><a:ReturnNumber>02</a:ReturnNumber><a:Source>ILR</a:Source>"
        "<a:Status>F</a:Status><a:Subject>GCSE in Sociology</a:Subject><a:SubjectCode>10009048</a:SubjectCode>"
        "<a:UnderDataChallenge>N</a:UnderDataChallenge>"
    )
    result = (
        f"<a:ResponseCode>WSRC0004</a:ResponseCode><a:FoundULN>{MAEVE.uln}</a:FoundULN>"
        f"<a:IncomingULN>{MAEVE.uln}</a:IncomingULN><a:LearnerRecord><a:LearningEvent>{event}</a:LearningEvent>"
        "</a:LearnerRecord>"
    )
    assert reply.text == f"{R9_START}{RESULT % result}{R9_END}"


@pytest.mark.parametrize("service", ["LearnerServiceR9", "LearnerRegister"])
def test_learning_events_of_somebody_not_verified_and_of_somebody_who_withholds(address: str, service: str) -> None:
    reply = post(address, service, requests.events(MAEVE.uln, givenName="Somebody"))
    result = (
        f"<a:ResponseCode>WSEC0208</a:ResponseCode><a:FoundULN/><a:IncomingULN>{MAEVE.uln}</a:IncomingULN>"
        "<a:LearnerRecord/>"
    )
    assert reply.text == f"{R9_START}{RESULT % result}{R9_END}"
    reply = post(address, service, requests.events(QUIET.uln, givenName="Quentin"))
    result = (
        f"<a:ResponseCode>WSEC0206</a:ResponseCode><a:FoundULN>{QUIET.uln}</a:FoundULN>"
        f"<a:IncomingULN>{QUIET.uln}</a:IncomingULN><a:LearnerRecord/>"
    )
    assert reply.text == f"{R9_START}{RESULT % result}{R9_END}"


def test_participation_dates_are_sent_empty_and_brief_events_are_short(address: str) -> None:
    reply = post(
        address, "LearnerServiceR9", requests.events(QUIET.uln, givenName="Quentin", userType="LNR", language="cym")
    )
    assert "<a:ParticipationEndDate/><a:ParticipationStartDate/>" in reply.text
    brief = post(address, "LearnerServiceR9", requests.events(MAEVE.uln, getType="BRIEF"))
    assert (
        "<a:LearningEvent><a:AchievementAwardDate>2020-08-20</a:AchievementAwardDate>"
        "<a:AchievementProviderUkprn>10099901</a:AchievementProviderUkprn><a:Credits>0</a:Credits>"
        '<a:Grade>9999999999</a:Grade><a:ID>4284</a:ID><a:Level i:nil="true"/><a:Source>ILR</a:Source>'
        "<a:Subject>GCSE in Sociology</a:Subject><a:SubjectCode>10009048</a:SubjectCode></a:LearningEvent>"
    ) in brief.text


def test_a_fault_of_r9(address: str) -> None:
    reply = post(address, "LearnerServiceR9", requests.events(MAEVE.uln, userType="XXX"))
    assert reply.text.startswith(f"{R9_START}<s:Fault><faultcode>s:Client</faultcode><faultstring")
    assert (
        '<detail><DomainFault xmlns="http://api.lrs.qcf.gov.uk/faults" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorCode>WSEC0001</ErrorCode><ErrorDetail>'
    ) in reply.text


def test_a_learner_of_r9_takes_the_next_letters_as_prefixes(address: str) -> None:
    reply = post(address, "LearnerServiceR9", requests.by_uln_r9(MAEVE.uln))
    assert (
        '<LearnerByUlnResult xmlns:a="http://api.lrs.qcf.gov.uk/model" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a:ResponseCode>WSRC0004</a:ResponseCode>'
    ) in reply.text
    assert (
        '<a:Learner xmlns:b="http://schemas.datacontract.org/2004/07/Amor.Qcf.MIAPModel"><b:AbilityToShare>1'
    ) in reply.text
    assert (
        '<b:LinkedUlns xmlns:c="http://schemas.microsoft.com/2003/10/Serialization/Arrays">'
        f"<c:string>{LINKED.uln}</c:string></b:LinkedUlns>"
    ) in reply.text
    assert "<b:DateOfBirth>2004-02-29T00:00:00</b:DateOfBirth>" in reply.text


NOON = FixedClock(datetime(2026, 6, 1, 12, 0, 1, tzinfo=SERVICE_ZONE))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    fixed = {"LRS_SOAP_FIXED_TIME": "2026-06-01T10:30:00"}
    with served(f"sqlite:///{tmp_path / 'register.db'}", [MAEVE], env=fixed) as place:
        yield place


def legacy_answer(name: str, namespace: str, content: str) -> str:
    root = f'ns2:{name} xmlns:ns2="http://api.lrs.miap.gov.uk/{namespace}"'
    return f"{LEGACY_START}<{root}>{content}</ns2:{name}>{LEGACY_END}"


def external_answer(name: str, content: str) -> str:
    return (
        f'{R9_START}<{name}Response xmlns="http://api.lrs.qcf.gov.uk/services"><{name}Result '
        'xmlns:a="http://api.lrs.qcf.gov.uk/model" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f"{content}</{name}Result></{name}Response>{R9_END}"
    )


def test_a_batch_of_learners(place: Place) -> None:
    known = {name: value for name, value in requests.MAEVE.items() if name != "VerificationType"}
    unknown = {"GivenName": "Zoë & <Co>", "FamilyName": "Nobody", "ULN": "", "MISIdentifier": "2"}
    submitted = post(place.address, "LearnerService", requests.submit_batch(known, unknown))
    accepted = "<ResponseCode>WSRC0007</ResponseCode><JobID>1</JobID>"
    assert submitted.text == legacy_answer("SubmitBatchResponse", "batchmsg", accepted)
    waiting = post(place.address, "LearnerService", requests.batch_output(1))
    under_way = "<ResponseCode>WSRC0008</ResponseCode><JobStatus>Waiting</JobStatus>"
    assert waiting.text == legacy_answer("GetSubmitBatchOutputResponse", "batchmsg", under_way)
    place.work_off(NOON)
    finished = (
        "<ResponseCode>WSRC0009</ResponseCode><JobStatus>Successful</JobStatus><NewLearnersCount>0</NewLearnersCount>"
        "<ExistsUpdatedLearnersCount>1</ExistsUpdatedLearnersCount>"
        "<PossibleMatchLearnersCount>0</PossibleMatchLearnersCount><LearnersNotFoundCount>0</LearnersNotFoundCount>"
        "<RejectedLearnersCount>1</RejectedLearnersCount><JobStartedDateTime>2026-06-01 12:00:01</JobStartedDateTime>"
        "<JobFinishedDateTime>2026-06-01 12:00:01</JobFinishedDateTime>"
        f"<Learner><ULN>{MAEVE.uln}</ULN><GivenName>Maeve</GivenName><FamilyName>Okafor</FamilyName>"
        "<LastKnownPostCode>LS2 9AB</LastKnownPostCode><DateOfBirth>2004-02-29</DateOfBirth><Gender>2</Gender>"
        "<AbilityToShare>1</AbilityToShare><ReturnCode>RC002</ReturnCode></Learner>"
        "<Learner><MISIdentifier>2</MISIdentifier><GivenName>Zoë &amp; &lt;Co&gt;</GivenName>"
        "<FamilyName>Nobody</FamilyName><ReturnCode>RC010</ReturnCode></Learner>"
    )
    output = post(place.address, "LearnerService", requests.batch_output(1))
    assert output.text == legacy_answer("GetSubmitBatchOutputResponse", "batchmsg", finished)


def test_a_batch_of_learners_to_verify(place: Place) -> None:
    names = {"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Maeve"}
    wrong = names | {"MISIdentifier": "2", "DateOfBirth": "1999-01-01", "Gender": ""}
    submitted = post(place.address, "LearnerService", requests.submit_verify_batch(names, wrong))
    accepted = "<ResponseCode>WSRC0007</ResponseCode><JobID>1</JobID>"
    assert submitted.text == legacy_answer("SubmitVerifyBatchResponse", "vldmsg", accepted)
    place.work_off(NOON)
    searched = (
        f"<SearchedULN>{MAEVE.uln}</SearchedULN><SearchedFamilyName>Okafor</SearchedFamilyName>"
        "<SearchedGivenName>Maeve</SearchedGivenName>"
    )
    finished = (
        "<ResponseCode>WSRC0009</ResponseCode><JobStatus>Successful</JobStatus>"
        "<JobStartedDateTime>2026-06-01 12:00:01</JobStartedDateTime>"
        "<JobFinishedDateTime>2026-06-01 12:00:01</JobFinishedDateTime>"
        f"<VerifiedLearner>{searched}<ResponseCode>WSVRC001</ResponseCode><ULN>{MAEVE.uln}</ULN>"
        "<FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName><DateOfBirth>2004-02-29</DateOfBirth>"
        "<Gender>2</Gender></VerifiedLearner>"
        f"<VerifiedLearner><MISIdentifier>2</MISIdentifier>{searched}"
        "<SearchedDateOfBirth>1999-01-01</SearchedDateOfBirth><ResponseCode>WSVRC005</ResponseCode>"
        "<FailureFlag>VRF7</FailureFlag></VerifiedLearner>"
    )
    output = post(place.address, "LearnerService", requests.verify_batch_output(1))
    assert output.text == legacy_answer("GetVerifyBatchOutputResponse", "vldmsg", finished)
    unknown = post(place.address, "LearnerService", requests.verify_batch_output(2))
    code = "<ResponseCode>WSRC0018</ResponseCode>"
    assert unknown.text == legacy_answer("GetVerifyBatchOutputResponse", "vldmsg", code)


def test_achievements(place: Place) -> None:
    details = {"GivenName": "Maeve", "FamilyName": "Okafor", "DateofBirth": None, "Gender": None}
    sound = achievement(1, MAEVE, **details)
    message = requests.submit_achievements(sound, sound | {"MisIdentifier": "a,b", "ProviderUkprn": "NOBODY99"})
    submitted = post(place.address, "ExternalService", message)
    accepted = "<a:ResponseCode>WSRC0007</a:ResponseCode><a:JobId>1</a:JobId>"
    assert submitted.text == external_answer("SubmitAchievementBatchJob", accepted)
    place.work_off(NOON)
    counters = (
        "<a:AchievementsCreated>1</a:AchievementsCreated>"
        "<a:AchievementsPromotedToFinal>0</a:AchievementsPromotedToFinal>"
        "<a:AchievementsReinstated>0</a:AchievementsReinstated><a:AchievementsUpdated>0</a:AchievementsUpdated>"
        "<a:AchievementsWithdrawn>0</a:AchievementsWithdrawn><a:BusinessRuleErrors>1</a:BusinessRuleErrors>"
    )
    finished = (
        "<a:ResponseCode>WSRC0009</a:ResponseCode>"
        "<a:AchievementBatchErrorFile>RecordNumber,MisIdentifier,Field,Code,Text\n"
        '2,"a,b",ProviderUkprn,BR002,"No organisation of the register has the UKPRN NOBODY99. Check it, or have the '
        f'provider added."\n</a:AchievementBatchErrorFile>{counters}<a:Duration>00:00:00</a:Duration>'
        "<a:EndDate>2026-06-01T12:00:01</a:EndDate><a:FieldDataErrors>0</a:FieldDataErrors>"
        "<a:Filename>AO_TST001_1.CSV</a:Filename><a:JobID>1</a:JobID><a:LearnerDataErrors>0</a:LearnerDataErrors>"
        "<a:NumberOfRecords>2</a:NumberOfRecords><a:PercentageSuccessfulRecords>50</a:PercentageSuccessfulRecords>"
        "<a:StartDate>2026-06-01T12:00:01</a:StartDate><a:Status>Successful</a:Status>"
        "<a:SubmittedDate>2026-06-01T10:30:00</a:SubmittedDate>"
        "<a:SuccessfulFinalAchievements>1</a:SuccessfulFinalAchievements>"
        "<a:SuccessfulProvisionalAchievements>0</a:SuccessfulProvisionalAchievements><a:Type>Final</a:Type>"
        "<a:User>ao.user</a:User>"
    )
    output = post(place.address, "ExternalService", requests.achievement_job(1))
    assert output.text == external_answer("GetAchievementBatchJob", finished)


def test_a_fault_of_external_service(place: Place) -> None:
    reply = post(place.address, "ExternalService", requests.submit_achievements(emailAddress=""))
    assert reply.text == (
        f'{R9_START}<s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="en-GB">The email address of the '
        "submission is missing or wrong.</faultstring>"
        '<detail><DomainFault xmlns="http://api.lrs.qcf.gov.uk/faults" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorCode>WSEC0044</ErrorCode><ErrorDetail>'
        "ZW1haWxBZGRyZXNzIG11c3QgYmUgb25lIGFkZHJlc3MsIHN1Y2ggYXMgbmFtZUBleGFtcGxlLm9yZy4=</ErrorDetail></DomainFault>"
        f"</detail></s:Fault>{R9_END}"
    )
