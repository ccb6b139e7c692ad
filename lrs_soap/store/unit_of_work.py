"""The unit of work: what happens in it happens wholly or not at all."""

from sqlalchemy.engine import Connection

from lrs_soap.store.achievements import SqlAchievements
from lrs_soap.store.audit_trail import SqlAuditTrail
from lrs_soap.store.batch_exceptions import SqlBatchExceptions
from lrs_soap.store.failed_logins import SqlFailedLogins
from lrs_soap.store.jobs import SqlJobs
from lrs_soap.store.learners import SqlLearners
from lrs_soap.store.learning_events import SqlLearningEvents
from lrs_soap.store.organisations import SqlOrganisations
from lrs_soap.store.qualifications import SqlQualifications


class UnitOfWork:
    """The collections of the register on one connection and within one transaction."""

    __slots__ = (
        "achievements",
        "audit",
        "events",
        "exceptions",
        "failed_logins",
        "jobs",
        "learners",
        "organisations",
        "qualifications",
    )

    def __init__(self, connection: Connection) -> None:
        self.jobs = SqlJobs(connection)
        self.exceptions = SqlBatchExceptions(connection)
        self.learners = SqlLearners(connection)
        self.events = SqlLearningEvents(connection)
        self.audit = SqlAuditTrail(connection)
        self.organisations = SqlOrganisations(connection)
        self.failed_logins = SqlFailedLogins(connection)
        self.achievements = SqlAchievements(connection)
        self.qualifications = SqlQualifications(connection)
