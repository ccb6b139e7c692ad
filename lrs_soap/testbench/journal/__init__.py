"""The journal of the test bench: what came and what went, without passwords, and why it came out so.

    journal = Journal(directory / "journal.db", Limits(entries=1000, size=64 * 1024 * 1024, hours=24))
    journal.record(exchange)                                   # while a request is answered; costs next to nothing
    entries = journal.find(Criteria(world="default", outcome="WSEC*"), limit=20)
    journal.wait(Criteria(operation="learnerByULN"), at_least=2, timeout=5)
    entries[0].explanation.sentences
    entries[0].to_json(blot_personal=True)

Every process of a server opens its own Journal over the same path, before or after it was forked.
"""

from lrs_soap.testbench.journal.criteria import Criteria
from lrs_soap.testbench.journal.database import Limits
from lrs_soap.testbench.journal.entries import Entry
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.handshakes import Handshakes
from lrs_soap.testbench.journal.store import Journal

__all__ = ["Criteria", "Entry", "Explanation", "Handshakes", "Journal", "Limits"]
