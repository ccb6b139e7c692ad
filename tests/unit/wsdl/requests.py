"""Valid requests of every service, and one element of them changed."""

from lxml import etree

from lrs_soap.wsdl.validation import Violation, request_schema

XSI = "http://www.w3.org/2001/XMLSchema-instance"
CALLER = "<UKPRN>TEST0101</UKPRN><OrgPassword>0123456789abcdef</OrgPassword><UserName>mis.user</UserName>"
LEARNER = (
    "<Title>Ms</Title><GivenName>Maeve</GivenName><MiddleOtherName/><FamilyName>Okafor</FamilyName>"
    "<SchoolAtAge16>Mill Row Academy</SchoolAtAge16><LastKnownAddressLine1>4 Mill Row</LastKnownAddressLine1>"
    "<LastKnownPostCode>LS2 9AB</LastKnownPostCode><DateOfAddressCapture/><DateOfBirth>2004-02-29</DateOfBirth>"
    "<Gender>2</Gender><EmailAddress/><Nationality>GBR</Nationality><ScottishCandidateNumber/>"
    "<VerificationType>999</VerificationType><OtherVerificationDescription>Bus pass</OtherVerificationDescription>"
    "<AbilityToShare>1</AbilityToShare><Notes/>"
)
BATCH_LEARNER = (
    "<ULN/><MISIdentifier>17</MISIdentifier><GivenName>Maeve</GivenName><FamilyName>Okafor</FamilyName>"
    "<LastKnownPostCode/><DateOfBirth/><Gender/>"
)
ACHIEVEMENT = (
    "<s:AchievementAwardDate>2020-08-20T00:00:00</s:AchievementAwardDate><s:Action>1</s:Action>"
    "<s:ActionDate>2020-08-21T09:00:00Z</s:ActionDate><s:FamilyName>Okafor</s:FamilyName>"
)
TEMPURI = (
    f'xmlns:t="http://tempuri.org/" xmlns:c="http://schemas.datacontract.org/2004/07/Amor.Qcf.Common" xmlns:xsi="{XSI}"'
)


def _miap(namespace: str, name: str, content: str) -> str:
    namespaces = f'xmlns:m="http://api.lrs.miap.gov.uk/{namespace}" xmlns:l="http://api.lrs.miap.gov.uk/learner"'
    return f'<m:{name} {namespaces} xmlns:xsi="{XSI}">{content}</m:{name}>'


VALID = {
    "FindLearnerByULN": _miap(
        "findmsg",
        "FindLearnerByULN",
        f"<FindType>FUL</FindType><OrganisationRef/>{CALLER}<ULN>9276308686</ULN><FamilyName>Okafor</FamilyName>"
        "<GivenName>Maeve</GivenName>",
    ),
    "FindLearnerByDemographics": _miap(
        "findmsg",
        "FindLearnerByDemographics",
        f"<FindType>CHK</FindType>{CALLER}<FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName>"
        "<DateOfBirth>2004-02-29</DateOfBirth><Gender>2</Gender><LastKnownPostCode>LS29AB</LastKnownPostCode>"
        '<PreviousFamilyName/><PlaceOfBirth xsi:nil="true"/><EmailAddress/>',
    ),
    "RegisterLearner": _miap("regmsg", "RegisterLearner", f"{CALLER}<Learner>{LEARNER}</Learner>"),
    "UpdateLearner": _miap(
        "regmsg",
        "UpdateLearner",
        f"{CALLER}<Learner>{LEARNER}<ULN>9276308686</ULN><VersionNumber>3</VersionNumber></Learner>",
    ),
    "SubmitBatch": _miap(
        "batchmsg",
        "SubmitBatch",
        f"{CALLER}<JobType>FUL</JobType><LearnerRecordCount>1</LearnerRecordCount><Learner>{BATCH_LEARNER}</Learner>",
    ),
    "GetSubmitBatchOutput": _miap("batchmsg", "GetSubmitBatchOutput", f"{CALLER}<JobID>17</JobID>"),
    "SubmitVerifyBatch": _miap(
        "vldmsg",
        "SubmitVerifyBatch",
        f"{CALLER}<LearnerRecordCount>1</LearnerRecordCount><OrgEmail>mis@mill-row.example.org</OrgEmail><Learner>"
        "<ULN>9276308686</ULN><FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName></Learner>",
    ),
    "GetVerifyBatchOutput": _miap("vldmsg", "GetVerifyBatchOutput", f"{CALLER}<JobID>17</JobID>"),
    "RetrieveULNs": _miap(
        "reportmsg", "RetrieveULNs", f"{CALLER}<ULNsToRetrieve><ULN>9276308686</ULN></ULNsToRetrieve>"
    ),
    "VerifyLearner": _miap(
        "reportmsg",
        "VerifyLearner",
        f"{CALLER}<LearnerToVerify><ULN>9276308686</ULN><FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName>"
        '<DateOfBirth xsi:nil="true"/><Gender/></LearnerToVerify>',
    ),
    "LearnerByUln": f"<t:LearnerByUln {TEMPURI}><t:invokingOrganisation><c:Username>mis.user</c:Username>"
    "<c:ChannelCode>WebServices</c:ChannelCode><c:Estab>4</c:Estab></t:invokingOrganisation>"
    "<t:userType>LNR</t:userType><t:vendorId>7</t:vendorId><t:language>cy</t:language><t:findType>FUL</t:findType>"
    "</t:LearnerByUln>",
    "GetLearnerLearningEvents": f"<t:GetLearnerLearningEvents {TEMPURI}"
    ' xmlns="http://schemas.datacontract.org/2004/07/Amor.Qcf.Service.Interface"><t:invokingOrganisation>'
    "<Username>mis.user</Username><Password>0123456789abcdef</Password><Ukprn>TEST0101</Ukprn></t:invokingOrganisation>"
    "<t:userType>ORG</t:userType><t:vendorID>7</t:vendorID><t:language>ENG</t:language><t:uln>9276308686</t:uln>"
    "<t:givenName>Maeve</t:givenName><t:familyName>Okafor</t:familyName><t:dateOfBirth/><t:gender/>"
    "<t:getType>FULL</t:getType></t:GetLearnerLearningEvents>",
    "UpdateLearnerSubsetFields": f"<t:UpdateLearnerSubsetFields {TEMPURI}><t:vendorId>7</t:vendorId>"
    '<t:uln xsi:nil="true"/><t:versionNumber>1</t:versionNumber><t:emailAddress/><t:telephoneNumber/>'
    "<t:abilityToShare>FPNNotSeen</t:abilityToShare><t:schoolAtAge16/><t:preferredGivenName/>"
    "</t:UpdateLearnerSubsetFields>",
    "ViewAudit": f"<t:ViewAudit {TEMPURI}><t:vendorId>7</t:vendorId><t:page>1</t:page></t:ViewAudit>",
    "GetOrganisation": f"<t:GetOrganisation {TEMPURI}><t:userType>Unknown</t:userType><t:vendorId>7</t:vendorId>"
    "<t:ukPrn>TEST0101</t:ukPrn></t:GetOrganisation>",
    "SubmitAchievementBatchJob": '<s:SubmitAchievementBatchJob xmlns:s="http://api.lrs.qcf.gov.uk/services"'
    f' xmlns:u="http://api.lrs.qcf.gov.uk/model" xmlns:xsi="{XSI}"><s:invokingUser><u:UserName>mis.user</u:UserName>'
    "<u:OrgPassword>0123456789abcdef</u:OrgPassword></s:invokingUser><s:submissionType>Final</s:submissionType>"
    f'<s:achievements><s:Achievement>{ACHIEVEMENT}</s:Achievement><s:Achievement xsi:nil="true"/></s:achievements>'
    "</s:SubmitAchievementBatchJob>",
    "GetAchievementBatchJob": '<s:GetAchievementBatchJob xmlns:s="http://api.lrs.qcf.gov.uk/services">'
    "<s:jobId>17</s:jobId></s:GetAchievementBatchJob>",
}


def service_of(request: str) -> str:
    """Return the service that takes `request`."""
    if "Achievement" in request:
        return "ExternalService"
    return "LearnerServiceR9" if "tempuri" in VALID[request] else "LearnerService"


def parsed(request: str) -> etree._Element:
    """Return a valid request as it stands in an envelope."""
    return in_envelope(VALID[request])


def in_envelope(message: str) -> etree._Element:
    """Return the message inside an envelope that declares a prefix of its own."""
    envelope = etree.fromstring(
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:far="http://api.lrs.miap.gov.uk/learner">'
        f"<e:Body>{message}</e:Body></e:Envelope>",
        etree.XMLParser(huge_tree=True),
    )
    return envelope[0][0]


def member(message: etree._Element, name: str) -> etree._Element:
    """Return the first element of the message with that local name."""
    return next(node for node in message.iter(f"{{*}}{name}"))


def check(message: etree._Element) -> Violation | None:
    """Hold the message against the schema of its service."""
    return request_schema(service_of(etree.QName(message).localname)).check(message)


def check_value(request: str, name: str, value: str) -> Violation | None:
    """Hold the request against its schema with `value` as the text of the member called `name`."""
    message = parsed(request)
    member(message, name).text = value
    return check(message)


def check_text(request: str, old: str, new: str) -> Violation | None:
    """Hold the request against its schema with the markup `old` replaced by `new`."""
    assert old in VALID[request]
    return check(in_envelope(VALID[request].replace(old, new, 1)))
