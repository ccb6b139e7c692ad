"""Batches: jobs and their records, exceptions, qualifications, and achievements as learning events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", IDENTIFIER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("organisation", KEY, nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("record_count", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stalled", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_organisation", "job", ["organisation", "job_id"], unique=False)
    op.create_index(
        "ix_job_unfinished",
        "job",
        ["job_id"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "qualification",
        sa.Column("reference_key", KEY, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("qualification_type", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("grades", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("reference_key", name=op.f("pk_qualification")),
    )
    op.create_table(
        "job_record",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column("stated_uln", sa.BigInteger(), nullable=True),
        sa.Column("stated_details", KEY, nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("uln", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name=op.f("fk_job_record_job_id")),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_job_record")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_job_record_stated_details",
        "job_record",
        ["job_id", "stated_details", "position"],
        unique=False,
        sqlite_where=sa.text("stated_details IS NOT NULL"),
        postgresql_where=sa.text("stated_details IS NOT NULL"),
    )
    op.create_index(
        "ix_job_record_stated_uln",
        "job_record",
        ["job_id", "stated_uln", "position"],
        unique=False,
        sqlite_where=sa.text("stated_uln IS NOT NULL"),
        postgresql_where=sa.text("stated_uln IS NOT NULL"),
    )
    op.create_index(
        "ix_job_record_uln",
        "job_record",
        ["job_id", "uln", "position"],
        unique=False,
        sqlite_where=sa.text("uln IS NOT NULL"),
        postgresql_where=sa.text("uln IS NOT NULL"),
    )
    op.create_table(
        "batch_exception",
        sa.Column("exception_id", IDENTIFIER, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation", KEY, nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", KEY, nullable=False),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("uln", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id", "position"], ["job_record.job_id", "job_record.position"], name="fk_batch_exception_record"
        ),
        sa.PrimaryKeyConstraint("exception_id", name=op.f("pk_batch_exception")),
        sa.UniqueConstraint("job_id", "position", name="uq_batch_exception_record"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_batch_exception_open",
        "batch_exception",
        ["submitted_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_batch_exception_organisation", "batch_exception", ["organisation", "status", "exception_id"], unique=False
    )
    op.add_column("learning_event", sa.Column("reported_by", KEY, nullable=True))
    op.add_column("learning_event", sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "uq_learning_event_reported",
        "learning_event",
        ["uln", "reported_by", "subject_code", "award_date"],
        unique=True,
        sqlite_where=sa.text("reported_by IS NOT NULL"),
        postgresql_where=sa.text("reported_by IS NOT NULL"),
    )
    op.add_column("organisation", sa.Column("awarding", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("organisation", "awarding")
    op.drop_index("uq_learning_event_reported", table_name="learning_event")
    op.drop_column("learning_event", "withdrawn")
    op.drop_column("learning_event", "reported_by")
    op.drop_index("ix_batch_exception_organisation", table_name="batch_exception")
    op.drop_index("ix_batch_exception_open", table_name="batch_exception")
    op.drop_table("batch_exception")
    op.drop_index("ix_job_record_uln", table_name="job_record")
    op.drop_index("ix_job_record_stated_uln", table_name="job_record")
    op.drop_index("ix_job_record_stated_details", table_name="job_record")
    op.drop_table("job_record")
    op.drop_table("qualification")
    op.drop_index("ix_job_unfinished", table_name="job")
    op.drop_index("ix_job_organisation", table_name="job")
    op.drop_table("job")
