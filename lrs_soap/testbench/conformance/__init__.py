"""The verdict on clients: every request held against rules that the service itself forgives, and a test script.

The rules are `rules.toml`, the script is `script.toml`; docs/conformance.md tells both.
"""

from lrs_soap.testbench.conformance.formats import FORMATS, Format
from lrs_soap.testbench.conformance.ledger import Ledger
from lrs_soap.testbench.conformance.report import Report
from lrs_soap.testbench.conformance.verdict import Verdicts

__all__ = ["FORMATS", "Format", "Ledger", "Report", "Verdicts"]
