"""What the control API works with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from lrs_soap.testbench.api.metrics import Metrics
from lrs_soap.testbench.conformance import Ledger
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.journal import Journal
from lrs_soap.testbench.scenarios import ScenarioStore
from lrs_soap.testbench.worlds import World, Worlds

BODY_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDeps:
    """What the control API works with.

    journal, ledger: None when nothing is kept. token: empty lets whoever is on this machine call. work: works off the
    jobs that wait in a world. metrics: what is counted of requests; None leaves that out. hosts: names by which the
    server may be called without a token, beside those of this machine. body_limit: the largest request, in bytes.
    longest_wait: seconds for which a request may wait for entries of the journal; less than a worker may take.
    """

    worlds: Worlds
    control: Control
    scenarios: ScenarioStore
    version: str
    work: Callable[[World], int]
    token: str = ""
    journal: Journal | None = None
    ledger: Ledger | None = None
    metrics: Metrics | None = None
    hosts: Collection[str] = field(default=())
    body_limit: int = BODY_LIMIT
    longest_wait: float = 20.0
