"""The tables of the register; `migrations/` makes the same.

`twin` is 0 for a live learner and the ULN for any other, so that one unique index over it and the five details keeps
live learners apart while linked and deleted ones may repeat them. Rule: "unique details".
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Keys are compared byte by byte, whatever the language of the database.
KEY = sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

organisation = Table(
    "organisation",
    metadata,
    Column("ukprn_key", KEY, primary_key=True),
    Column("reference_key", KEY, nullable=False, unique=True),
    Column("ukprn", sa.String(), nullable=False),
    Column("reference", sa.String(), nullable=False),
    Column("name", sa.String(), nullable=False),
    Column("status", sa.String(), nullable=False),
    Column("password_hash", sa.String(), nullable=False),
    Column("grants", sa.String(), nullable=False),
    Column("awarding", sa.Boolean(), nullable=False, server_default=sa.false()),
)

failed_login = Table(
    "failed_login",
    metadata,
    Column("organisation", KEY, ForeignKey("organisation.ukprn_key"), primary_key=True),
    Column("password_hash", sa.String(), nullable=False),
    Column("since", sa.DateTime(), nullable=False),
    Column("number", sa.Integer(), nullable=False),
)

learner = Table(
    "learner",
    metadata,
    Column("uln", IDENTIFIER, primary_key=True, autoincrement=False),
    Column("version", sa.Integer(), nullable=False),
    Column("status", sa.String(length=1), nullable=False),
    Column("given_name", sa.String(), nullable=False),
    Column("family_name", sa.String(), nullable=False),
    Column("date_of_birth", sa.Date(), nullable=False),
    Column("gender", sa.String(length=1), nullable=False),
    Column("last_known_post_code", sa.String(), nullable=False),
    Column("verification_type", sa.String(length=3), nullable=False),
    Column("ability_to_share", sa.String(length=1), nullable=False),
    Column("tier_level", sa.String(length=1), nullable=False),
    Column("title", sa.String()),
    Column("middle_other_name", sa.String()),
    Column("preferred_given_name", sa.String()),
    Column("previous_family_name", sa.String()),
    Column("family_name_at_age_16", sa.String()),
    Column("school_at_age_16", sa.String()),
    Column("last_known_address_line_1", sa.String()),
    Column("last_known_address_line_2", sa.String()),
    Column("last_known_address_town", sa.String()),
    Column("last_known_address_county_or_city", sa.String()),
    Column("date_of_address_capture", sa.Date()),
    Column("place_of_birth", sa.String()),
    Column("email_address", sa.String()),
    Column("telephone_number", sa.String()),
    Column("nationality", sa.String()),
    Column("scottish_candidate_number", sa.String()),
    Column("other_verification_description", sa.String()),
    Column("notes", sa.Text()),
    Column("master_uln", sa.BigInteger()),
    Column("created_at", sa.DateTime(), nullable=False),
    Column("updated_at", sa.DateTime(), nullable=False),
    Column("registered_by", sa.String()),
    Column("created_via", sa.String(), nullable=False),
    Column("updated_by", sa.String()),
    Column("updated_via", sa.String(), nullable=False),
    Column("family_key", KEY, nullable=False),
    Column("given_key", KEY, nullable=False),
    Column("post_code_key", KEY, nullable=False),
    Column("family_sound", KEY, nullable=False),
    Column("given_sound", KEY, nullable=False),
    Column("twin", sa.BigInteger(), nullable=False),
)
# Each holds all that its way to candidates asks for, so that no row of the table is read in vain.
Index(
    "ix_learner_family",
    learner.c.family_key,
    learner.c.date_of_birth,
    learner.c.given_key,
    learner.c.uln,
    learner.c.status,
)
Index("ix_learner_given", learner.c.given_key, learner.c.date_of_birth, learner.c.uln, learner.c.status)
Index("ix_learner_post_code", learner.c.post_code_key, learner.c.date_of_birth, learner.c.uln, learner.c.status)
Index("ix_learner_sound", learner.c.family_sound, learner.c.date_of_birth, learner.c.uln, learner.c.status)
Index("ix_learner_given_sound", learner.c.given_sound, learner.c.date_of_birth, learner.c.uln, learner.c.status)
# Few records are linked, so this one is small enough to be in memory whenever a learner is fetched.
Index(
    "ix_learner_master",
    learner.c.master_uln,
    learner.c.status,
    learner.c.uln,
    sqlite_where=learner.c.master_uln.is_not(None),
    postgresql_where=learner.c.master_uln.is_not(None),
)
Index(
    "uq_learner_details",
    learner.c.post_code_key,
    learner.c.family_key,
    learner.c.given_key,
    learner.c.gender,
    learner.c.date_of_birth,
    learner.c.twin,
    unique=True,
)

learning_event = Table(
    "learning_event",
    metadata,
    Column("event_id", IDENTIFIER, primary_key=True),
    Column("uln", sa.BigInteger(), ForeignKey("learner.uln"), nullable=False),
    Column("source", sa.String(), nullable=False),
    Column("subject", sa.String()),
    Column("subject_code", sa.String()),
    Column("qualification_type", sa.String()),
    Column("level", sa.String()),
    Column("grade", sa.String()),
    Column("credits", sa.BigInteger(), nullable=False),
    Column("award_date", sa.Date()),
    Column("provider_name", sa.String()),
    Column("provider_ukprn", sa.String()),
    Column("awarding_organisation_name", sa.String()),
    Column("awarding_organisation", sa.String()),
    Column("status", sa.String(length=1), nullable=False),
    Column("collection_type", sa.String()),
    Column("return_number", sa.String()),
    Column("date_loaded", sa.DateTime()),
    Column("participation_start", sa.Date()),
    Column("participation_end", sa.Date()),
    Column("language", sa.String()),
    Column("restriction", sa.String()),
    Column("under_data_challenge", sa.Boolean(), nullable=False),
    Column("sensitive", sa.Boolean(), nullable=False),
    Column("reported_by", KEY),
    Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
)
Index("ix_learning_event_uln", learning_event.c.uln)
# The same achievement reported twice is one event. Rule: "achievements".
_reported = learning_event.c.reported_by.is_not(None)
Index(
    "uq_learning_event_reported",
    learning_event.c.uln,
    learning_event.c.reported_by,
    learning_event.c.subject_code,
    learning_event.c.award_date,
    unique=True,
    sqlite_where=_reported,
    postgresql_where=_reported,
)

qualification = Table(
    "qualification",
    metadata,
    Column("reference_key", KEY, primary_key=True),
    Column("reference", sa.String(), nullable=False),
    Column("title", sa.String(), nullable=False),
    Column("qualification_type", sa.String(), nullable=False),
    Column("level", sa.String()),
    Column("credits", sa.BigInteger(), nullable=False),
    Column("grades", sa.Text(), nullable=False),
    Column("sensitive", sa.Boolean(), nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("job_id", IDENTIFIER, primary_key=True),
    Column("kind", sa.String(), nullable=False),
    Column("status", sa.String(), nullable=False),
    Column("organisation", KEY, nullable=False),
    Column("user_name", sa.String(), nullable=False),
    Column("mode", sa.String(), nullable=False),
    Column("source", sa.String(), nullable=False),
    Column("file_name", sa.String()),
    Column("email", sa.String()),
    Column("record_count", sa.Integer(), nullable=False),
    Column("done", sa.Integer(), nullable=False),
    Column("submitted_at", sa.DateTime(), nullable=False),
    Column("started_at", sa.DateTime()),
    Column("finished_at", sa.DateTime()),
    Column("reason", sa.Text()),
    # Who works on it: changed with every taking, so that whoever lost the job can no longer write into it.
    Column("owner", sa.String()),
    Column("attempt", sa.Integer(), nullable=False),
    # Takings since the last record that was finished; a job that gets nowhere is given up.
    Column("stalled", sa.Integer(), nullable=False),
    # Seconds since 1970 by the database's own clock; 0 when nobody works on it.
    Column("lease_until", sa.Double(), nullable=False),
    sqlite_autoincrement=True,
)
_unfinished = job.c.finished_at.is_(None)
Index("ix_job_unfinished", job.c.job_id, sqlite_where=_unfinished, postgresql_where=_unfinished)
Index("ix_job_organisation", job.c.organisation, job.c.job_id)

job_record = Table(
    "job_record",
    metadata,
    Column("job_id", sa.BigInteger(), ForeignKey("job.job_id"), primary_key=True, autoincrement=False),
    Column("position", sa.Integer(), primary_key=True, autoincrement=False),
    Column("stated", sa.Text(), nullable=False),
    Column("stated_uln", sa.BigInteger()),
    Column("stated_details", KEY),
    Column("code", sa.String()),
    Column("uln", sa.BigInteger()),
    Column("facts", sa.Text()),
    sqlite_with_rowid=False,
)
# What records of a batch are told apart by. Rule: "the same learner twice".
for _name in ("stated_uln", "stated_details", "uln"):
    _given = job_record.c[_name].is_not(None)
    Index(
        f"ix_job_record_{_name}",
        job_record.c.job_id,
        job_record.c[_name],
        job_record.c.position,
        sqlite_where=_given,
        postgresql_where=_given,
    )

batch_exception = Table(
    "batch_exception",
    metadata,
    Column("exception_id", IDENTIFIER, primary_key=True),
    Column("job_id", sa.BigInteger(), nullable=False),
    Column("position", sa.Integer(), nullable=False),
    Column("organisation", KEY, nullable=False),
    Column("submitted_at", sa.DateTime(), nullable=False),
    Column("code", sa.String(), nullable=False),
    Column("stated", sa.Text(), nullable=False),
    Column("candidates", sa.Text(), nullable=False),
    Column("reason", sa.Text()),
    Column("status", KEY, nullable=False),
    Column("resolution", sa.String()),
    Column("uln", sa.BigInteger()),
    Column("ended_at", sa.DateTime()),
    Column("ended_by", sa.String()),
    sa.ForeignKeyConstraint(
        ["job_id", "position"], ["job_record.job_id", "job_record.position"], name="fk_batch_exception_record"
    ),
    sa.UniqueConstraint("job_id", "position", name="uq_batch_exception_record"),
    sqlite_autoincrement=True,
)
Index(
    "ix_batch_exception_organisation",
    batch_exception.c.organisation,
    batch_exception.c.status,
    batch_exception.c.exception_id,
)
_open = batch_exception.c.status == sa.literal_column("'open'")
Index("ix_batch_exception_open", batch_exception.c.submitted_at, sqlite_where=_open, postgresql_where=_open)

audit = Table(
    "audit",
    metadata,
    Column("id", IDENTIFIER, primary_key=True),
    Column("at", sa.DateTime(), nullable=False),
    Column("organisation", KEY, nullable=False),
    Column("user_name", sa.String(), nullable=False),
    Column("operation", sa.String(), nullable=False),
    Column("outcome", sa.String(), nullable=False),
    Column("ulns", sa.Text(), nullable=False),
    Column("criteria", sa.Text(), nullable=False),
    Column("details_digest", KEY),
)
Index("ix_audit_details", audit.c.organisation, audit.c.details_digest, audit.c.at)

audit_uln = Table(
    "audit_uln",
    metadata,
    Column("uln", sa.BigInteger(), primary_key=True, autoincrement=False),
    Column("operation", KEY, primary_key=True),
    Column("at", sa.DateTime(), primary_key=True),
    Column("audit_id", sa.BigInteger(), ForeignKey("audit.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
