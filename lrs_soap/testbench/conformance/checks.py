"""How a rule is put into code: a function of what was sent, and what it may say."""

from collections.abc import Callable
from typing import Final, NamedTuple

from lrs_soap.testbench.conformance.sent import Sent

Said = str | None
Check = Callable[[Sent], Said]
"""Judges a request by one rule: None when the rule does not apply, KEPT, or an example of how it is broken."""

KEPT: Final = ""


class Finding(NamedTuple):
    """A rule that a request breaks. example: what was sent, passwords blotted out."""

    rule: str
    example: str
