"""Every fact of the contract stands in the WSDLs as served, and in the schemas that requests are held against."""

from typing import Any

import pytest
from lxml import etree

from lrs_soap.wsdl.declarations import ComplexType, Element, SimpleType, read_declarations
from lrs_soap.wsdl.publishing import SERVICES
from tests.unit.wsdl.facts import FACTS, REQUESTS
from tests.unit.wsdl.served import SOAP, WSDL, XS, Served, served

PUBLISHED = ("LearnerService", "LearnerServiceR9", "ExternalService")
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"
REGISTER = "urn:lrs-soap:learner-register"
REGISTER_OPERATIONS = {
    "LearnerByULN": ("find:FindLearnerByULN", "find:FindLearnerResponse", "exc:MIAPAPIException"),
    "LearnerByDemographics": ("find:FindLearnerByDemographics", "find:FindLearnerResponse", "exc:MIAPAPIException"),
    "RegisterLearner": ("reg:RegisterLearner", "reg:RegisterLearnerResponse", "exc:MIAPAPIException"),
    "UpdateLearner": ("reg:UpdateLearner", "reg:UpdateLearnerResponse", "exc:MIAPAPIException"),
    "GetLearnerLearningEvents": (
        "tem:GetLearnerLearningEvents",
        "tem:GetLearnerLearningEventsResponse",
        "faults:DomainFault",
    ),
    "SubmitBatch": ("batch:SubmitBatch", "batch:SubmitBatchResponse", "exc:MIAPAPIException"),
    "GetBatchOutput": ("batch:GetSubmitBatchOutput", "batch:GetSubmitBatchOutputResponse", "exc:MIAPAPIException"),
    "VerifyLearner": ("report:VerifyLearner", "report:VerifyLearnerResponse", "exc:MIAPAPIException"),
}


def namespaces(service: str) -> dict[str, str]:
    if service != "LearnerRegister":
        return dict(FACTS[service]["namespaces"])
    return {**FACTS["LearnerService"]["namespaces"], **FACTS["LearnerServiceR9"]["namespaces"], "register": REGISTER}


def read(service: str) -> Served:
    return served(service, tuple(namespaces(service).items()))


def attributes(node: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in node.attrib.items()}


@pytest.mark.parametrize("service", PUBLISHED)
def test_definitions_service_port_and_binding(service: str) -> None:
    facts, root = FACTS[service], read(service).root
    port = root.find(f"{WSDL}service/{WSDL}port")
    binding = root.find(f"{WSDL}binding")
    soap = root.find(f"{WSDL}binding/{SOAP}binding")
    assert port is not None
    assert binding is not None
    assert soap is not None
    names = {
        "definitions": root.get("name"),
        "targetNamespace": root.get("targetNamespace"),
        "service": root.findall(f"{WSDL}service")[0].get("name"),
        "port": port.get("name"),
        "binding": binding.get("name"),
        "portType": root.findall(f"{WSDL}portType")[0].get("name"),
    }
    assert names == {name: facts[name] for name in names}
    assert port.get("binding", "").partition(":")[2] == facts["binding"]
    assert binding.get("type", "").partition(":")[2] == facts["portType"]
    assert attributes(soap) == {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"}


@pytest.mark.parametrize("service", SERVICES)
def test_everything_is_bound_as_a_literal_document(service: str) -> None:
    root = read(service).root
    bodies = list(root.iter(f"{SOAP}body"))
    faults = list(root.iter(f"{SOAP}fault"))
    assert {body.get("use") for body in (*bodies, *faults)} == {"literal"}
    assert len(bodies) == 2 * len(faults) == 2 * len(root.findall(f"{WSDL}binding/{WSDL}operation"))
    assert all(fault.get("name") == fault.getparent().get("name") for fault in faults)  # type: ignore[union-attr]


@pytest.mark.parametrize("service", PUBLISHED)
def test_operations(service: str) -> None:
    assert read(service).operations() == FACTS[service]["operations"]


def test_operations_of_the_learner_register() -> None:
    operations = read("LearnerRegister").operations()
    messages = {name: tuple(o[kind][-1] for kind in ("input", "output", "fault")) for name, o in operations.items()}
    assert messages == REGISTER_OPERATIONS
    assert all(o["soapAction"] == o["actions"][0] == f"{REGISTER}:{name}" for name, o in operations.items())


def test_the_learner_register_names_itself() -> None:
    root = read("LearnerRegister").root
    assert (root.get("name"), root.get("targetNamespace")) == ("LearnerRegister", REGISTER)
    assert root.findall(f"{WSDL}service")[0].get("name") == "LearnerRegister"


@pytest.mark.parametrize("service", PUBLISHED)
def test_message_elements(service: str) -> None:
    document, facts = read(service), FACTS[service]["elements"]
    published: dict[str, Any] = {}
    for name, element in document.top("element").items():
        if name in facts:
            assert element.get("nillable") is None
            declared = element.get("type")
            published[name] = document.name(element, declared) if declared else document.fields(element[0])
    assert published == facts


@pytest.mark.parametrize("service", PUBLISHED)
def test_types(service: str) -> None:
    document, facts = read(service), FACTS[service]["types"]
    published = document.top("complexType")
    bases = {base for fact in facts.values() for base in fact["extends"]}
    assert set(published) == set(facts) | bases
    assert {
        name: {"extends": document.bases(published[name]), "fields": document.fields(published[name])} for name in facts
    } == facts


@pytest.mark.parametrize("service", PUBLISHED)
def test_only_the_bases_of_learner_service_are_abstract(service: str) -> None:
    types = read(service).top("complexType")
    assert sorted(name for name, node in types.items() if node.get("abstract")) == FACTS[service].get("abstract", [])


@pytest.mark.parametrize(
    ("base", "fields"),
    [
        ("find:BaseLearnerServiceRequestPart", []),
        ("find:LearnerServiceWrappedResponse", []),
        ("find:BaseFindLearnerServiceRqst", ["FindType", "OrganisationRef", "UKPRN", "OrgPassword", "UserName"]),
        ("reg:BaseLearnerServiceRqst", ["OrganisationRef", "UKPRN", "OrgPassword", "UserName"]),
        ("report:BaseLearnerServiceRqst", ["OrganisationRef", "UKPRN", "OrgPassword", "UserName"]),
    ],
)
def test_what_the_bases_declare(base: str, fields: list[str]) -> None:
    document = read("LearnerService")
    assert [field.split()[0] for field in document.fields(document.top("complexType")[base])] == fields


def test_what_the_bases_of_the_data_contracts_declare() -> None:
    r9, external = read("LearnerServiceR9"), read("ExternalService")
    for document in (r9, external):
        response = document.top("complexType")["model:ServiceResponseR9"]
        assert document.fields(response) == ["model:ResponseCode 0..1 nil xs:string"]
    assert r9.fields(r9.top("complexType")["entities:BusinessObject"]) == []
    assert external.fields(external.top("complexType")["model:BusinessObject"]) == []


@pytest.mark.parametrize("service", PUBLISHED)
def test_enumerations(service: str) -> None:
    published = {
        name: [value.get("value") for value in node.iter(f"{XS}enumeration")]
        for name, node in read(service).top("simpleType").items()
        if not name.startswith("ser:")
    }
    assert published == FACTS[service]["enumerations"]


@pytest.mark.parametrize("service", ["LearnerServiceR9", "ExternalService"])
def test_every_named_type_of_the_data_contracts_has_a_nillable_element(service: str) -> None:
    document = read(service)
    elements = document.top("element")
    for name in (*document.top("complexType"), *document.top("simpleType")):
        assert document.name(elements[name], elements[name].get("type", "")) == name
        assert elements[name].get("nillable") == "true"


def test_the_only_typed_element_of_learner_service_beside_its_messages_is_the_fault() -> None:
    elements = read("LearnerService").top("element")
    others = {name for name in elements if not name.startswith("ser:")} - set(FACTS["LearnerService"]["elements"])
    assert others == {"exc:MIAPAPIException"}
    assert attributes(elements["exc:MIAPAPIException"]) == {
        "name": "MIAPAPIException",
        "type": "exc:MIAPAPIException",
        "nillable": "true",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_the_serialization_schema_is_published_beside_the_others(service: str) -> None:
    document = read(service)
    schema = document.schemas[SERIALIZATION]
    assert (schema.get("attributeFormDefault"), schema.get("elementFormDefault")) == ("qualified", "qualified")
    elements = {name.removeprefix("ser:"): node for name, node in document.top("element").items() if name[:4] == "ser:"}
    simple = (
        "anyType anyURI base64Binary boolean byte dateTime decimal double float int long QName short string "
        "unsignedByte unsignedInt unsignedLong unsignedShort"
    ).split()
    assert set(elements) == {*simple, "char", "duration", "guid"}
    assert {node.get("nillable") for node in elements.values()} == {"true"}
    assert all(elements[name].get("type") == f"xs:{name}" for name in simple)
    restricted = {n: node[0].get("base") for n, node in document.top("simpleType").items() if n.startswith("ser:")}
    assert restricted == {"ser:char": "xs:int", "ser:duration": "xs:duration", "ser:guid": "xs:string"}
    attributes = {node.get("name"): node.get("type") for node in schema.iterchildren(f"{XS}attribute")}
    assert attributes == {"FactoryType": "xs:QName", "Id": "xs:ID", "Ref": "xs:IDREF"}


@pytest.mark.parametrize("service", PUBLISHED)
def test_the_namespaces_are_those_of_the_contract(service: str) -> None:
    without_schema = {"http://tempuri.org/"} if service == "LearnerService" else set()
    assert set(read(service).schemas) == set(namespaces(service).values()) - without_schema


def enforced_types() -> list[str]:
    return list(FACTS["enforced"]["types"])


def as_fact(element: Element) -> str:
    most = "*" if element.most is None else element.most
    value = etree.QName(element.type).localname.removesuffix("OrEmpty")
    nil = " nil" if element.nillable else ""
    return f"{element.name} {element.least}..{most}{nil} {value}"


@pytest.mark.parametrize("name", enforced_types())
def test_enforced_fields(name: str) -> None:
    short, _, local = name.partition(":")
    types = read_declarations(REQUESTS / "LearnerService.xsd").types
    declared = types[f"{{{FACTS['LearnerService']['namespaces'][short]}}}{local}"]
    assert isinstance(declared, ComplexType)
    facts = [fact.replace("MIAPULNsToRetrieve", "ArrayOfString") for fact in FACTS["enforced"]["types"][name]]
    assert [as_fact(element) for element in declared.content] == facts


def test_up_to_200_ulns_may_be_retrieved() -> None:
    types = read_declarations(REQUESTS / "LearnerService.xsd").types
    declared = types[f"{{{FACTS['LearnerService']['namespaces']['report']}}}ArrayOfString"]
    assert isinstance(declared, ComplexType)
    assert [as_fact(element) for element in declared.content] == ["ULN 1..200 MIAPULN"]


@pytest.mark.parametrize("name", list(FACTS["enforced"]["values"]))
def test_value_types(name: str) -> None:
    declared = read_declarations(REQUESTS / "value-types.xsd").types[f"{{urn:lrs-soap:value-types}}{name}"]
    assert isinstance(declared, SimpleType)
    fact = FACTS["enforced"]["values"][name]
    assert declared.base == f"{XS}{fact['base']}"
    assert list(declared.patterns) == fact["patterns"]
    assert dict(declared.facets) == {facet: value for facet, value in fact.items() if facet not in ("base", "patterns")}


@pytest.mark.parametrize("service", ["LearnerServiceR9", "ExternalService"])
def test_requests_of_the_data_contracts_keep_the_published_members_in_their_order(service: str) -> None:
    declarations = read_declarations(REQUESTS / f"{service}.xsd")
    for name, fields in FACTS[service]["elements"].items():
        if name.endswith("Response"):
            continue
        short, _, local = name.partition(":")
        element = declarations.elements[f"{{{FACTS[service]['namespaces'][short]}}}{local}"]
        declared = declarations.types[element.type]
        assert isinstance(declared, ComplexType)
        published = [field.split() for field in fields]
        assert [etree.QName(e.name).localname for e in declared.content] == [f[0].partition(":")[2] for f in published]
        assert [e.nillable for e in declared.content] == ["nil" in f for f in published]
        assert all(e.least == (0 if e.nillable else 1) for e in declared.content)
