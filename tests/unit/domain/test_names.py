import pytest
from hypothesis import given

from lrs_soap.domain import names
from tests.unit.domain.strategies import any_text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("O'Neil", "ONEIL"),
        ("O\u2019Neil", "ONEIL"),
        ("Smith-Jones", "SMITHJONES"),
        ("SMITH JONES", "SMITHJONES"),
        ("Renée", "RENEE"),
        ("Rene\u0301e", "RENEE"),
        ("Strauß", "STRAUSS"),
        ("Łukasz Øster", "LUKASZOSTER"),
        ("李明", "李明"),
        ("Henry 2nd", "HENRY2ND"),
        ("ﬁona", "FIONA"),
        (" - ' . ", ""),
        ("", ""),
    ],
)
def test_a_key_keeps_letters_and_digits_only(text: str, key: str) -> None:
    assert names.key(text) == key


@given(any_text)
def test_a_key_is_its_own_key(text: str) -> None:
    key = names.key(text)
    assert names.key(key) == key
    assert key == key.upper()
    assert key == "" or key.isalnum()


@given(any_text)
def test_letter_case_and_punctuation_make_no_difference(text: str) -> None:
    assert names.key(f" {text.swapcase().swapcase()}-") == names.key(text.swapcase().swapcase())
    assert names.key(text.upper()) == names.key(text)


@given(any_text)
def test_a_sound_is_empty_only_for_an_empty_key(text: str) -> None:
    assert bool(names.sound(text)) == bool(names.key(text))
    assert names.sound(names.key(text)) == names.sound(text)


@given(any_text, any_text)
def test_being_alike_is_mutual(a: str, b: str) -> None:
    assert names.similarity(a, b) == names.similarity(b, a)
    assert 0.0 <= names.similarity(a, b) <= 1.0
    assert names.agree(a, b) == names.agree(b, a)
    assert names.similar(a, b) == names.similar(b, a)


@given(any_text)
def test_a_name_is_like_itself_when_there_is_one(text: str) -> None:
    assert names.agree(text, text) == names.similar(text, text) == bool(names.key(text))


@given(any_text, any_text)
def test_names_that_agree_are_similar(a: str, b: str) -> None:
    assert not names.agree(a, b) or names.similar(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Smith", "Smyth"),
        ("Stephen", "Steven"),
        ("Catherine", "Kathryn"),
        ("Philip", "Filip"),
        ("Thompson", "Thomson"),
        ("Mohammed", "Muhammad"),
        ("Macdonald", "McDonald"),
        ("Browne", "Braun"),
    ],
)
def test_close_spellings_and_sound_alikes_are_similar(a: str, b: str) -> None:
    assert names.similar(a, b)
    assert not names.agree(a, b)


@pytest.mark.parametrize(("a", "b"), [("Smith", "Taylor"), ("John", "Jane"), ("Ali", "Lee"), ("", ""), ("'", "-")])
def test_other_names_are_not_similar(a: str, b: str) -> None:
    assert not names.similar(a, b)
    assert not names.agree(a, b)


@pytest.mark.parametrize(
    ("text", "words"),
    [("Anne-Marie  O'Dowd", ("ANNE", "MARIE", "ODOWD")), ("snake_case", ("SNAKE", "CASE")), ("", ()), ("' -", ())],
)
def test_words_are_parted_by_blanks_and_hyphens(text: str, words: tuple[str, ...]) -> None:
    assert names.words(text) == words
