"""The unit of work: what happens in it happens wholly or not at all."""

from sqlalchemy.engine import Connection

from lrs_soap.store.audit_trail import SqlAuditTrail
from lrs_soap.store.learners import SqlLearners
from lrs_soap.store.learning_events import SqlLearningEvents
from lrs_soap.store.organisations import SqlOrganisations


class UnitOfWork:
    """The collections of the register on one connection and within one transaction."""

    __slots__ = ("audit", "events", "learners", "organisations")

    def __init__(self, connection: Connection) -> None:
        self.learners = SqlLearners(connection)
        self.events = SqlLearningEvents(connection)
        self.audit = SqlAuditTrail(connection)
        self.organisations = SqlOrganisations(connection)
