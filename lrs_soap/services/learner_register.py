"""LearnerRegister.svc: one address for new clients, with the messages and rules of the other services."""

from lrs_soap.services.learner_service import (
    GET_BATCH_OUTPUT,
    LEARNER_BY_DEMOGRAPHICS,
    LEARNER_BY_ULN,
    REGISTER_LEARNER,
    SUBMIT_BATCH,
    UPDATE_LEARNER,
    VERIFY_LEARNER,
)
from lrs_soap.services.learner_service_r9 import GET_LEARNING_EVENTS
from lrs_soap.services.publishing import publish
from lrs_soap.services.spyne_support import Service


class LearnerRegister(Service):
    """The operations of LearnerRegister.svc."""

    LearnerByULN = publish(LEARNER_BY_ULN)
    LearnerByDemographics = publish(LEARNER_BY_DEMOGRAPHICS)
    RegisterLearner = publish(REGISTER_LEARNER)
    UpdateLearner = publish(UPDATE_LEARNER)
    GetLearnerLearningEvents = publish(GET_LEARNING_EVENTS)
    SubmitBatch = publish(SUBMIT_BATCH)
    GetBatchOutput = publish(GET_BATCH_OUTPUT)
    VerifyLearner = publish(VERIFY_LEARNER)
