"""Scenarios: named behaviours of a service that has a bad day, bound to the calls they are meant for.

Nothing of it needs a client to send anything else than it does to the live service.
"""

from lrs_soap.testbench.scenarios.catalogue import CATALOGUE, SEQUENCE, Entry
from lrs_soap.testbench.scenarios.delivery import Delivery
from lrs_soap.testbench.scenarios.director import Act, Director, Stage
from lrs_soap.testbench.scenarios.effects import Interference
from lrs_soap.testbench.scenarios.model import Match, Problem, Scenario, ScenarioError, read
from lrs_soap.testbench.scenarios.store import Counts, ScenarioStore, UnknownScenarioError

__all__ = [
    "CATALOGUE",
    "SEQUENCE",
    "Act",
    "Counts",
    "Delivery",
    "Director",
    "Entry",
    "Interference",
    "Match",
    "Problem",
    "Scenario",
    "ScenarioError",
    "ScenarioStore",
    "Stage",
    "UnknownScenarioError",
    "read",
]
