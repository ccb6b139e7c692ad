"""Where the register is kept: SQLAlchemy Core over SQLite or PostgreSQL, behind the domain's ports."""

from lrs_soap.store.engine import DatabaseUrlError, is_out_of_service, shown_url
from lrs_soap.store.learners import DuplicateLearnerError
from lrs_soap.store.learning_events import LearningEventError
from lrs_soap.store.organisations import DuplicateOrganisationError
from lrs_soap.store.store import Store, open_store
from lrs_soap.store.unit_of_work import UnitOfWork

__all__ = [
    "DatabaseUrlError",
    "DuplicateLearnerError",
    "DuplicateOrganisationError",
    "LearningEventError",
    "Store",
    "UnitOfWork",
    "is_out_of_service",
    "open_store",
    "shown_url",
]
