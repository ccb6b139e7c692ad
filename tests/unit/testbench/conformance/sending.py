"""Cases of the rules on how a message is sent, and what it looks like."""

from lrs_soap.services.ns import XSI
from tests.unit.testbench.conformance.cases import (
    BROKEN,
    EVENTS,
    FIND,
    KEPT,
    READ_EVENTS,
    UNJUDGED,
    Case,
    corpus,
    r9_find,
    sent,
    to_r9,
    to_verify,
)
from tests.unit.testbench.conformance.exchanges import R9_ACTIONS
from tests.wire import requests
from tests.wire.soap import FIND as FIND_NS
from tests.wire.soap import envelope

COMPLETE = FIND.replace("<UKPRN>", "<OrganisationRef>TST001</OrganisationRef><UKPRN>")
DECLARED = '<?xml version="1.0" encoding="utf-8"?>'
TYPED = COMPLETE.replace(" xmlns:", f' xmlns:f="{FIND_NS}" xmlns:i="{XSI}" xmlns:', 1).replace(
    "<x:FindLearnerByULN", '<x:FindLearnerByULN i:type="f:LearnerByULNRqst"'
)
STYLED = '<?xml-stylesheet href="a.css"?>'
UNQUOTED = sent(EVENTS, to="LearnerServiceR9", action=f"{R9_ACTIONS}GetLearnerLearningEvents")
XSD = ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:'
VERIFY_MANY = requests.submit_verify_batch(*to_verify(*map(str, range(100))))
COMPLETE_MANY = VERIFY_MANY.replace("<UKPRN>", "<OrganisationRef>TST001</OrganisationRef><UKPRN>")

SENDING = [
    Case("R1005", KEPT, "plain", sent(FIND)),
    Case("R1005", BROKEN, "on the Envelope", corpus("envelope/044-encoding-style")),
    Case("R1005", UNJUDGED, "not well-formed", sent("<a>")),
    Case("R1009", KEPT, "with an XML declaration", sent(DECLARED + FIND)),
    Case("R1009", BROKEN, "before the Envelope", sent(STYLED + FIND)),
    Case("R1009", BROKEN, "in the message", sent(DECLARED + FIND.replace("<ULN>", "<?pi?><ULN>"))),
    Case("R1009", BROKEN, "in UTF-16", sent((STYLED + FIND).encode("utf-16"), content_type="text/xml")),
    Case("R1009", KEPT, "UTF-16", sent(FIND.encode("utf-16"), content_type="text/xml")),
    Case("R1012", KEPT, "UTF-8", sent(FIND)),
    Case("R1012", KEPT, "UTF-16", corpus("encodings/013-utf-16-le-bom")),
    Case("R1012", KEPT, "US-ASCII", corpus("encodings/030-us-ascii")),
    Case("R1012", BROKEN, "Latin-1 by the declaration", corpus("encodings/022-latin-1-declared")),
    Case("R1012", BROKEN, "Latin-1 by the header", corpus("encodings/023-latin-1-content-type")),
    Case("R1012", BROKEN, "a charset nobody knows", corpus("encodings/032-unknown-in-content-type")),
    Case("R1012", UNJUDGED, "not read", sent(FIND, content_type="text/plain")),
    Case("R1018", KEPT, "named", sent(FIND)),
    Case("R1018", BROKEN, "not named", sent(FIND, content_type="text/xml")),
    Case("R1032", KEPT, "on a block of the Header", corpus("envelope/039-must-understand-0")),
    Case("R1032", KEPT, "encodingStyle is R1005's", corpus("envelope/044-encoding-style")),
    Case("R1032", BROKEN, "on the Body", corpus("envelope/042-must-understand-on-the-body")),
    Case("R1109", KEPT, "quoted", sent(FIND)),
    Case("R1109", BROKEN, "unquoted", UNQUOTED),
    Case("R1109", BROKEN, "one quote", sent(FIND, action='"')),
    Case("R1109", UNJUDGED, "absent", sent(FIND, action=None)),
    Case("R1132", KEPT, "POST", sent(FIND)),
    Case("R1132", BROKEN, "PUT", sent(FIND, method="PUT")),
    Case("R2712", KEPT, "with all that is published", sent(COMPLETE)),
    Case("R2712", BROKEN, "without OrganisationRef", sent(FIND)),
    Case("R2712", KEPT, "a type whose prefix the Envelope declares", sent(TYPED)),
    Case("R2712", KEPT, "a hundred records", sent(COMPLETE_MANY)),
    Case("R2712", BROKEN, "a hundred records, and no OrganisationRef", sent(VERIFY_MANY)),
    Case("R2712", UNJUDGED, "refused by the service's own schema", corpus("schema/001-mandatory-element-missing")),
    Case("R2744", KEPT, "as published", READ_EVENTS),
    Case("R2744", KEPT, "unquoted, which R1109 tells", UNQUOTED),
    Case("R2744", BROKEN, "another operation's", to_r9("LearnerByUln", EVENTS)),
    Case("R2744", BROKEN, "absent", sent(EVENTS, to="LearnerServiceR9", action=None)),
    Case("R2744", UNJUDGED, "published empty", sent(FIND, action='"urn:x"')),
    Case("R2745", KEPT, "empty", sent(FIND)),
    Case("R2745", BROKEN, "absent", sent(FIND, action=None)),
    Case("R2745", BROKEN, "not empty", sent(FIND, action='"urn:x"')),
    Case("R2745", UNJUDGED, "published with a value", READ_EVENTS),
    Case("LRS-101", KEPT, "text/xml", sent(FIND)),
    Case("LRS-101", KEPT, "in capitals", corpus("encodings/012-media-type-in-capitals")),
    Case("LRS-101", BROKEN, "application/xml", corpus("encodings/011-application-xml")),
    Case("LRS-101", BROKEN, "SOAP 1.2's", corpus("envelope/003-soap-1-2-media-type")),
    Case("LRS-102", KEPT, "all UTF-8", corpus("encodings/003-utf-8-bom")),
    Case("LRS-102", BROKEN, "byte order mark against header", corpus("encodings/016-utf-16-bom-against-utf-8")),
    Case("LRS-102", BROKEN, "header against declaration", corpus("encodings/024-latin-1-content-type-outranks")),
    Case("LRS-102", UNJUDGED, "one alone", sent(FIND)),
    Case("LRS-103", KEPT, "none", sent(FIND)),
    Case("LRS-103", KEPT, "UTF-16 needs one", corpus("encodings/013-utf-16-le-bom")),
    Case("LRS-103", BROKEN, "in UTF-8", corpus("encodings/003-utf-8-bom")),
    Case("LRS-104", KEPT, "named", sent(FIND)),
    Case("LRS-104", BROKEN, "not named", corpus("encodings/001-utf-8")),
    Case("LRS-201", KEPT, "declared", sent(DECLARED + FIND)),
    Case("LRS-201", KEPT, "declared in UTF-16", corpus("encodings/013-utf-16-le-bom")),
    Case("LRS-201", BROKEN, "not declared", sent(FIND)),
    Case("LRS-202", KEPT, "used", sent(FIND)),
    Case("LRS-202", KEPT, "usual", sent(FIND.replace(" xmlns:", XSD, 1))),
    Case("LRS-202", BROKEN, "left over", sent(FIND.replace(" xmlns:", ' xmlns:old="urn:old" xmlns:', 1))),
    Case("LRS-203", KEPT, "empty Header", sent(envelope("", "<soapenv:Header/>"))),
    Case("LRS-203", KEPT, "WS-Addressing", corpus("envelope/043-unknown-header")),
    Case("LRS-203", BROKEN, "a token", corpus("envelope/039-must-understand-0")),
    Case("LRS-301", KEPT, "in order", READ_EVENTS),
    Case("LRS-301", BROKEN, "another order", r9_find(dict(reversed(requests.R9_CALLER.items())))),
    Case("LRS-301", BROKEN, "an awarding organisation's", corpus("schema/065-external-user-in-another-order")),
    Case("LRS-301", UNJUDGED, "there is none", sent(FIND)),
]
