"""ExternalService.svc: the achievements that awarding organisations report."""

from lrs_soap.services import operations_external
from lrs_soap.services.messages import external
from lrs_soap.services.publishing import Exchange, publish
from lrs_soap.services.spyne_support import Service

SUBMIT_ACHIEVEMENTS = Exchange(
    external.SubmitAchievementBatchJob,
    "SubmitAchievementBatchJob",
    external.SubmitAchievementBatchJobResponse,
    "SubmitAchievementBatchJobResponse",
    operations_external.submit_achievements,
)
GET_ACHIEVEMENT_JOB = Exchange(
    external.GetAchievementBatchJob,
    "GetAchievementBatchJob",
    external.GetAchievementBatchJobResponse,
    "GetAchievementBatchJobResponse",
    operations_external.get_achievement_job,
)


class ExternalService(Service):
    """The operations of ExternalService.svc."""

    SubmitAchievementBatchJob = publish(SUBMIT_ACHIEVEMENTS)
    GetAchievementBatchJob = publish(GET_ACHIEVEMENT_JOB)
