"""What the command prints of jobs: how far they have come, and what their records came to."""

from collections.abc import Iterable, Mapping

from lrs_client.get_achievement_job import AchievementJob
from lrs_client.get_batch_output import BatchOutput
from lrs_client.get_verify_batch_output import VerifyBatchOutput
from lrs_client.meanings import ACHIEVEMENTS, JOB_STATUSES, VERIFICATIONS, Meaning, meaning
from lrs_client.output import IDENTITY, Column, code_told, facts, one_line, paragraphs, table

SUCCESSES = frozenset({"RC001", "RC002", "RC003", "RC004", "RC005"})
VERIFIED = frozenset({"WSVRC001", "WSVRC002"})
MOST_ERROR_LINES = 20

_MIS: Column = ("MIS identifier", lambda row: row.mis_identifier)
OUTPUT: tuple[Column, ...] = (
    _MIS,
    ("ULN", lambda row: row.uln),
    *IDENTITY,
    ("Postcode", lambda row: row.last_known_post_code),
    ("Code", lambda row: row.return_code),
    ("Meaning", lambda row: meaning(row.return_code).text),
)
VERIFIED_LEARNERS: tuple[Column, ...] = (
    _MIS,
    ("Searched ULN", lambda row: row.searched_uln),
    ("Given name", lambda row: row.searched_given_name),
    ("Family name", lambda row: row.searched_family_name),
    ("Code", lambda row: row.code),
    ("Meaning", lambda row: meaning(row.code).text),
    ("Failure flags", lambda row: " ".join(row.failure_flags)),
)


def batch_told(output: BatchOutput) -> str:
    """Return the output of a batch: code, counts, learners, and what to do about those that are exceptions."""
    counts = {
        "New": output.new_learners_count,
        "Existing or updated": output.exists_updated_learners_count,
        "Possible matches": output.possible_match_learners_count,
        "Not found": output.learners_not_found_count,
        "Rejected": output.rejected_learners_count,
    }
    codes = (learner.return_code for learner in output.learners)
    return paragraphs(
        job_told(output.job_id, output.code, output.status),
        facts(counts),
        table(OUTPUT, output.learners) if output.learners else "",
        _advice(codes, SUCCESSES),
    )


def verify_batch_told(output: VerifyBatchOutput) -> str:
    """Return the output of a verify batch: code, learners, and what to do about those that are not verified."""
    return paragraphs(
        job_told(output.job_id, output.code, output.status, VERIFICATIONS),
        table(VERIFIED_LEARNERS, output.learners) if output.learners else "",
        _advice((learner.code for learner in output.learners), VERIFIED),
    )


def achievement_job_told(job: AchievementJob) -> str:
    """Return a job of achievements: code, counts, and the first lines of its error file."""
    counts = {
        "Records": job.number_of_records,
        "Successful, final": job.successful_final_achievements,
        "Successful, provisional": job.successful_provisional_achievements,
        "Created": job.achievements_created,
        "Updated": job.achievements_updated,
        "Promoted to final": job.achievements_promoted_to_final,
        "Withdrawn": job.achievements_withdrawn,
        "Reinstated": job.achievements_reinstated,
        "Field data errors": job.field_data_errors,
        "Learner data errors": job.learner_data_errors,
        "Business rule errors": job.business_rule_errors,
        "Reason": job.rejection_reason,
    }
    told = job_told(job.job_id, job.code, job.status, ACHIEVEMENTS)
    return paragraphs(told, facts(counts), _error_lines(job.achievement_batch_error_file or ""))


def job_told(job_id: int, code: str, status: str | None, special: Mapping[str, Meaning] | None = None) -> str:
    """Return how far a job has come, and the code of the answer."""
    known = f"Job {job_id}: {status_told(status)}\n\n" if status else ""
    return known + code_told(code, special)


def status_told(status: str | None) -> str:
    """Return a status with its meaning, where there is one."""
    return f"{status}, {JOB_STATUSES[status]}" if status in JOB_STATUSES else str(status)


def _advice(codes: Iterable[str], unless: frozenset[str]) -> str:
    return "\n".join(map(code_told, sorted(set(codes) - unless)))


def _error_lines(text: str) -> str:
    lines = list(map(one_line, text.splitlines()))
    more = len(lines) - MOST_ERROR_LINES
    rest = [f"… and {more} more; achievement-job JOB --errors FILE writes them all"] if more > 0 else []
    return "\n".join([*lines[:MOST_ERROR_LINES], *rest])
