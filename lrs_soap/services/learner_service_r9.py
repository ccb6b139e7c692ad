"""LearnerServiceR9.svc: learning records, their audit, and the later forms of finding and updating."""

from lrs_soap.services import operations_r9
from lrs_soap.services.messages import r9
from lrs_soap.services.publishing import Exchange, publish
from lrs_soap.services.spyne_support import Service

LEARNER_BY_ULN = Exchange(
    r9.LearnerByUln, "LearnerByUln", r9.LearnerByUlnResponse, "LearnerByUlnResponse", operations_r9.learner_by_uln
)
GET_LEARNING_EVENTS = Exchange(
    r9.GetLearnerLearningEvents,
    "GetLearnerLearningEvents",
    r9.GetLearnerLearningEventsResponse,
    "GetLearnerLearningEventsResponse",
    operations_r9.get_learning_events,
)
UPDATE_SUBSET = Exchange(
    r9.UpdateLearnerSubsetFields,
    "UpdateLearnerSubsetFields",
    r9.UpdateLearnerSubsetFieldsResponse,
    "UpdateLearnerSubsetFieldsResponse",
    operations_r9.update_subset,
)
VIEW_AUDIT = Exchange(
    r9.ViewAudit, "ViewAudit", r9.ViewAuditResponse, "ViewAuditResponse", operations_r9.view_learning_audit
)
GET_ORGANISATION = Exchange(
    r9.GetOrganisation,
    "GetOrganisation",
    r9.GetOrganisationResponse,
    "GetOrganisationResponse",
    operations_r9.get_organisation,
)


class LearnerServiceR9(Service):
    """The operations of LearnerServiceR9.svc."""

    LearnerByUln = publish(LEARNER_BY_ULN)
    GetLearnerLearningEvents = publish(GET_LEARNING_EVENTS)
    UpdateLearnerSubsetFields = publish(UPDATE_SUBSET)
    ViewAudit = publish(VIEW_AUDIT)
    GetOrganisation = publish(GET_ORGANISATION)
