"""Postcodes as they are compared. Rule: "postcodes are compared without blanks"."""

_INWARD_LENGTH = 3


def key(text: str) -> str:
    """Return what is compared of a postcode: upper case, no blanks.

    >>> key("ls2 9ab ")
    'LS29AB'
    """
    return "".join(text.split()).upper()


def outward(text: str) -> str:
    """Return the part of a postcode that names the district; of a forces postcode, `BFPO`.

    >>> outward("LS2 9AB"), outward("bfpo 12")
    ('LS2', 'BFPO')
    """
    compared = key(text)
    return "BFPO" if compared.startswith("BFPO") else compared[:-_INWARD_LENGTH]
