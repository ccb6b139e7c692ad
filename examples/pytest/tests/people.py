"""Who is enrolled in the tests."""

PERSON = {
    "FamilyName": "Lovelace",
    "GivenName": "Rosalind",
    "DateOfBirth": "2007-12-10",
    "Gender": "2",
    "LastKnownPostCode": "S1 2HE",
}
