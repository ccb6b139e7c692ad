"""Names: how they are compared, and when two of them are alike.

Names are kept as they were sent; what is compared is their key. Rule: "names are compared as normalised".
"""

import re
import unicodedata
from functools import lru_cache

import jellyfish
from rapidfuzz.distance import JaroWinkler

from lrs_soap.domain import tables

_THRESHOLDS = tables.numbers("matching", "thresholds")
_CLOSE = _THRESHOLDS["close_spelling"]
_CLOSE_AND_ALIKE = _THRESHOLDS["close_spelling_when_alike_in_sound"]
# Letters whose stroke or ligature Unicode does not take apart.
_STROKES = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Ħ": "H", "Ŧ": "T", "Æ": "AE", "Œ": "OE"})
_CACHED = 1 << 15


@lru_cache(_CACHED)
def key(text: str) -> str:
    """Return what is compared of a name: no diacritics, upper case, letters and digits only.

    >>> key("O'Neil"), key("Smith-Jones"), key("Renée Łukasz")
    ('ONEIL', 'SMITHJONES', 'RENEELUKASZ')
    """
    upper = text.upper() if text.isascii() else _upper_without_diacritics(text)
    return upper if upper.isalnum() else "".join(filter(str.isalnum, upper))


def _upper_without_diacritics(text: str) -> str:
    # Twice, since upper case can bring marks back (a letter that exists in lower case only).
    return _without_diacritics(_without_diacritics(text).upper()).translate(_STROKES)


def _without_diacritics(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(text: str) -> tuple[str, ...]:
    """Return the keys of the words of a text, parted by anything but letters, digits and apostrophes.

    >>> words("Anne-Marie o'Dowd")
    ('ANNE', 'MARIE', 'ODOWD')
    """
    return tuple(filter(None, map(key, re.split(r"(?:[^\w'\u2019]|_)+", text))))


@lru_cache(_CACHED)
def sound(text: str) -> str:
    """Return how a name sounds; names that sound alike share it. Empty when the name has no letter or digit.

    Metaphone, since it knows silent letters and digraphs (Stephen, Steven; Philip, Filip), where Soundex
    keeps the first letter as written. A name it has no sound for sounds like itself.

    >>> sound("Stephen") == sound("Steven"), sound("'")
    (True, '')
    """
    spelt = key(text)
    return jellyfish.metaphone(spelt) or spelt


@lru_cache(_CACHED)
def similarity(a: str, b: str) -> float:
    """Return how close two spellings are, from 0 to 1 (Jaro-Winkler of the keys); 0 when either is empty.

    >>> similarity("Smith", "SMITH")
    1.0
    """
    # Jaro's transpositions depend on the order of the two; sorted, the measure is symmetric.
    first, second = sorted((key(a), key(b)))
    return JaroWinkler.similarity(first, second) if first else 0.0


def agree(a: str, b: str) -> bool:
    """Return whether two names are the same name. A name without letters and digits agrees with none."""
    return key(a) == key(b) != ""


def similar(a: str, b: str) -> bool:
    """Return whether two names agree, are spelt closely, or sound alike and are spelt not too far apart.

    >>> similar("Catherine", "Kathryn"), similar("Smith", "Smyth"), similar("John", "Jane")
    (True, True, False)
    """
    closeness = similarity(a, b)
    if closeness >= _CLOSE:
        return True
    return closeness >= _CLOSE_AND_ALIKE and sound(a) == sound(b)
