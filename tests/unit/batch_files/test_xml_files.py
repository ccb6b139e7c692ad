"""Batch files in XML: what is read, and for what a file is refused as a whole."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from lrs_soap.batch_files import xml_reading
from lrs_soap.batch_files.layout import COLUMNS
from tests.unit.batch_files.conftest import Told
from tests.unit.batch_files.making import XML_NAME, check_of, learner, write, xml_file

TEXT = Path(__file__).parents[3].joinpath("docs", "batch-files.md").read_text("utf-8")


def test_learners_become_records_of_the_contracts_elements(tmp_path: Path) -> None:
    row = learner(ULN="9276308686", FamilyNameAt16="Berg", LastKnownAddressCountyorCity="Leeds", Notes="<é>\n&")
    check, records, refused = check_of(write(tmp_path / XML_NAME, xml_file(row, learner(1))))
    expected = row | {"FamilyNameAtAge16": "Berg", "LastKnownAddressCountyOrCity": "Leeds"}
    del expected["FamilyNameAt16"], expected["LastKnownAddressCountyorCity"]
    assert (records, check.learners, check.rejected, refused) == ([expected, learner(1)], 2, 0, False)


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```xml\n(.*?)```", TEXT, re.DOTALL)
    (name,) = re.findall(r"<FileName>(.*?)</FileName>", example)
    check, records, _ = check_of(write(tmp_path / name, example))
    assert list(check.problems.shown(name)) == []
    assert len(records) == 2


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
def test_the_file_may_be_in_any_encoding_that_it_declares(encoding: str, tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{xml_file(learner(Title="é"))}'
    _, (record,), _ = check_of(write(tmp_path / XML_NAME, text.encode(encoding)))
    assert record["Title"] == "é"


def test_order_comments_empty_elements_and_schema_attributes_do_not_matter(rejections: Told) -> None:
    text = xml_file(learner(1))
    given = re.findall(r" +<(?:GivenName|Gender)>.*\n", text)
    text = text.replace("".join(given[:1]), "").replace("</Learner>", f"{given[0]}<Notes/><Title> </Title></Learner>")
    schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="batch.xsd"'
    text = text.replace("<LearnerBatchFile>", f"<!-- a --><LearnerBatchFile {schema}><?b c?><!-- d -->")
    assert rejections(text, XML_NAME) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<Gender>2</Gender>", "<Sex>2</Sex>", "10: Sex: unknown-element: there is no such element here; letter case"),
        (
            "<Gender>2</Gender>",
            "<Gender>2</Gender><gender>2</gender>",
            "10: gender: unknown-element: there is no such element here; did you mean Gender?; letter case counts",
        ),
        (
            "<Gender>2</Gender>",
            "<Gender>2</Gender><ReturnCode>RC001</ReturnCode>",
            "10: ReturnCode: unknown-element: there is no such element here",
        ),
        (
            "<Gender>2</Gender>",
            '<Gender>2</Gender><x:ULN xmlns:x="urn:x">9276308686</x:ULN>',
            "10: {urn:x}ULN: unknown-element: there is no such element here",
        ),
        (
            "<Gender>2</Gender>",
            "<Gender>2</Gender><Gender>1</Gender>",
            "10: Gender: element-twice: stands in this Learner twice; leave one out",
        ),
        ("<Gender>2</Gender>", "<Gender>2<b/></Gender>", "10: b: unknown-element: Gender holds a value, not elements"),
        ("<Gender>2</Gender>", '<Gender a="b">2</Gender>', "10: a: unknown-attribute: attributes mean nothing here"),
        ("<Gender>2</Gender>", "<Gender>2</Gender>x", "5: stray-text: text stands between the elements"),
        ("<Learner>", "<Learner>x", "5: stray-text: text stands between the elements"),
        ("<Learner>", '<Learner id="1">', "5: id: unknown-attribute: attributes mean nothing here; take it out"),
        ("<LearnerBatchFile>", '<LearnerBatchFile id="1">', "1: id: unknown-attribute: attributes mean nothing here"),
        ("<Learner>", "<Pupil/><Learner>", "5: Pupil: unknown-element: there is no such element here"),
        ("<Learner>", "<UKPRN>X</UKPRN><Learner>", "5: UKPRN: element-twice: stands in this file twice"),
        ("</Learner>", "</Learner><FileName/>", "13: FileName: element-order: belongs before the first Learner"),
        ("<FileVersion>2A</FileVersion>", "", "FileVersion: version: missing: should be 2A"),
        ("<UKPRN>TEST0101</UKPRN>", "<UKPRN/>", "3: UKPRN: sender: missing: should be TEST0101"),
        ("<LearnerRecordCount>1<", "<LearnerRecordCount>2<", "4: LearnerRecordCount: count: '2' should be 1"),
    ],
)
def test_what_is_wrong_with_a_file(old: str, new: str, problem: str, refusal: Told) -> None:
    text = xml_file(learner(1))
    assert text.count(old) == 1
    (told,) = refusal(text.replace(old, new), XML_NAME)
    assert told.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "0: not-well-formed: this is not well-formed XML: no element found"),
        ("FileVersion,FileName", "1: not-well-formed: this is not well-formed XML: Start tag expected, '<' not found"),
        ("<LearnerBatchFile>\n<Learner>\n</LearnerBatchFile>", "3: not-well-formed: this is not well-formed XML: "),
        ("<LearnerBatchFile>\n\x01</LearnerBatchFile>", "2: not-well-formed: this is not well-formed XML: "),
        ("<LearnerBatchFile>&b;</LearnerBatchFile>", "1: not-well-formed: this is not well-formed XML: Entity 'b'"),
        ('<?xml version="1.0" encoding="x"?><a/>', "1: not-well-formed: this is not well-formed XML: Unsupported"),
        ("<a/>", "1: root: the root should be LearnerBatchFile, without a namespace, not 'a'"),
        (
            '<LearnerBatchFile xmlns="urn:x"/>',
            "1: root: the root should be LearnerBatchFile, without a namespace, not '{urn:x}LearnerBatchFile'",
        ),
        ("<learnerbatchfile/>", "1: root: the root should be LearnerBatchFile, without a namespace"),
    ],
)
def test_what_is_not_a_batch_file(text: str, problem: str, refusal: Told) -> None:
    (told,) = refusal(text, XML_NAME)
    assert told.removeprefix("0: ").startswith(problem.removeprefix("0: "))


def test_bytes_that_are_not_utf_8(refusal: Told) -> None:
    (told,) = refusal(xml_file(learner(1, Title="é")).encode("latin-1"), XML_NAME)
    assert told.startswith("6: not-well-formed: this is not well-formed XML: ")


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE LearnerBatchFile>",
        '<!DOCTYPE LearnerBatchFile SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE LearnerBatchFile [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE LearnerBatchFile [<!ATTLIST Learner id CDATA "1">]>',
    ],
)
def test_a_doctype_is_refused(doctype: str, refusal: Told) -> None:
    assert refusal(doctype + xml_file(learner(1)), XML_NAME) == [
        "1: doctype: a document type declaration (DOCTYPE) is not allowed; take it out"
    ]


def test_entities_in_entities_are_refused(refusal: Told) -> None:
    names = "abcdefghij"
    nested = [f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise(names)]
    doctype = f'<!DOCTYPE LearnerBatchFile [<!ENTITY a "lol">{"".join(nested)}]>'
    text = xml_file(learner(1)).replace("<LearnerBatchFile>", '<LearnerBatchFile a="&j;">')
    (told,) = refusal(doctype + text, XML_NAME)
    assert "Maximum entity amplification factor exceeded" in told or "DOCTYPE" in told


def test_what_stands_before_the_root_is_limited(refusal: Told) -> None:
    (told,) = refusal(f"<!--{'x' * xml_reading.LONGEST_PROLOGUE}-->{xml_file(learner(1))}", XML_NAME)
    assert told == "1: root: the file should begin with the element LearnerBatchFile"


def test_a_learner_that_does_not_end_is_not_read_to_its_end(refusal: Told) -> None:
    (told,) = refusal(xml_file(learner(1)).replace("<Gender>", "<a/>" * 100_000 + "<Gender>"), XML_NAME)
    assert told.startswith("10: unknown-element: this element holds more elements than one of a batch file can")


def test_elements_nested_too_deeply(refusal: Told) -> None:
    text = xml_file(learner(1)).replace("<Gender>", "<a>" * 300 + "</a>" * 300 + "<Gender>")
    (told,) = refusal(text, XML_NAME)
    assert "unknown-element" in told or "Excessive depth" in told


def test_all_of_a_files_problems_are_told_with_their_lines_however_long_it_is(refusal: Told) -> None:
    rows = [
        learner(number, **{column: "" for column in COLUMNS[4:] if column not in learner()}) for number in range(3000)
    ]
    text = xml_file(*rows[:-1], rows[-1] | {"DateOfBirth": "1/2/2004"}).replace("></", ">\n</")
    line = text[: text.rindex("<Learner>")].count("\n") + 1
    assert line > 65535
    told = refusal(text, XML_NAME)
    assert [one for one in told if "DateOfBirth" in one and one.startswith(f"{line}: ")], told


def test_a_file_without_learners(refusal: Told) -> None:
    assert refusal(xml_file(), XML_NAME) == ["no-learners: there is no learner in the file"]


def test_a_file_holds_5000_learners_at_most(refusal: Told) -> None:
    rows = [learner(number) for number in range(5001)]
    (told,) = refusal(xml_file(*rows), XML_NAME)
    assert told.endswith("too-many-learners: the file holds more than 5,000 learners; part it in several files")
