"""The first tables: organisations, learners, learning events, the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("organisation", KEY, nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ulns", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("details_digest", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_details", "audit", ["organisation", "details_digest", "at"], unique=False)
    op.create_table(
        "learner",
        sa.Column("uln", IDENTIFIER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("last_known_post_code", sa.String(), nullable=False),
        sa.Column("verification_type", sa.String(length=3), nullable=False),
        sa.Column("ability_to_share", sa.String(length=1), nullable=False),
        sa.Column("tier_level", sa.String(length=1), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("middle_other_name", sa.String(), nullable=True),
        sa.Column("preferred_given_name", sa.String(), nullable=True),
        sa.Column("previous_family_name", sa.String(), nullable=True),
        sa.Column("family_name_at_age_16", sa.String(), nullable=True),
        sa.Column("school_at_age_16", sa.String(), nullable=True),
        sa.Column("last_known_address_line_1", sa.String(), nullable=True),
        sa.Column("last_known_address_line_2", sa.String(), nullable=True),
        sa.Column("last_known_address_town", sa.String(), nullable=True),
        sa.Column("last_known_address_county_or_city", sa.String(), nullable=True),
        sa.Column("date_of_address_capture", sa.Date(), nullable=True),
        sa.Column("place_of_birth", sa.String(), nullable=True),
        sa.Column("email_address", sa.String(), nullable=True),
        sa.Column("telephone_number", sa.String(), nullable=True),
        sa.Column("nationality", sa.String(), nullable=True),
        sa.Column("scottish_candidate_number", sa.String(), nullable=True),
        sa.Column("other_verification_description", sa.String(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("master_uln", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=True),
        sa.Column("created_via", sa.String(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=True),
        sa.Column("updated_via", sa.String(), nullable=False),
        sa.Column("family_key", KEY, nullable=False),
        sa.Column("given_key", KEY, nullable=False),
        sa.Column("post_code_key", KEY, nullable=False),
        sa.Column("family_sound", KEY, nullable=False),
        sa.Column("given_sound", KEY, nullable=False),
        sa.Column("twin", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uln", name=op.f("pk_learner")),
    )
    op.create_index(
        "ix_learner_family", "learner", ["family_key", "date_of_birth", "given_key", "uln", "status"], unique=False
    )
    op.create_index("ix_learner_given", "learner", ["given_key", "date_of_birth", "uln", "status"], unique=False)
    op.create_index(
        "ix_learner_master",
        "learner",
        ["master_uln", "status", "uln"],
        unique=False,
        sqlite_where=sa.text("master_uln IS NOT NULL"),
        postgresql_where=sa.text("master_uln IS NOT NULL"),
    )
    op.create_index(
        "ix_learner_post_code", "learner", ["post_code_key", "date_of_birth", "uln", "status"], unique=False
    )
    op.create_index(
        "ix_learner_given_sound", "learner", ["given_sound", "date_of_birth", "uln", "status"], unique=False
    )
    op.create_index("ix_learner_sound", "learner", ["family_sound", "date_of_birth", "uln", "status"], unique=False)
    op.create_index(
        "uq_learner_details",
        "learner",
        ["post_code_key", "family_key", "given_key", "gender", "date_of_birth", "twin"],
        unique=True,
    )
    op.create_table(
        "organisation",
        sa.Column("ukprn_key", KEY, nullable=False),
        sa.Column("reference_key", KEY, nullable=False),
        sa.Column("ukprn", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("grants", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ukprn_key", name=op.f("pk_organisation")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_organisation_reference_key")),
    )
    op.create_table(
        "audit_uln",
        sa.Column("uln", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_uln_audit_id")),
        sa.PrimaryKeyConstraint("uln", "operation", "at", "audit_id", name=op.f("pk_audit_uln")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "learning_event",
        sa.Column("event_id", IDENTIFIER, nullable=False),
        sa.Column("uln", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("subject_code", sa.String(), nullable=True),
        sa.Column("qualification_type", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("award_date", sa.Date(), nullable=True),
        sa.Column("provider_name", sa.String(), nullable=True),
        sa.Column("provider_ukprn", sa.String(), nullable=True),
        sa.Column("awarding_organisation_name", sa.String(), nullable=True),
        sa.Column("awarding_organisation", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("collection_type", sa.String(), nullable=True),
        sa.Column("return_number", sa.String(), nullable=True),
        sa.Column("date_loaded", sa.DateTime(), nullable=True),
        sa.Column("participation_start", sa.Date(), nullable=True),
        sa.Column("participation_end", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("restriction", sa.String(), nullable=True),
        sa.Column("under_data_challenge", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["uln"], ["learner.uln"], name=op.f("fk_learning_event_uln")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_learning_event")),
    )
    op.create_index("ix_learning_event_uln", "learning_event", ["uln"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_learning_event_uln", table_name="learning_event")
    op.drop_table("learning_event")
    op.drop_table("audit_uln")
    op.drop_table("organisation")
    op.drop_index("uq_learner_details", table_name="learner")
    op.drop_index("ix_learner_sound", table_name="learner")
    op.drop_index("ix_learner_given_sound", table_name="learner")
    op.drop_index("ix_learner_post_code", table_name="learner")
    op.drop_index("ix_learner_master", table_name="learner")
    op.drop_index("ix_learner_given", table_name="learner")
    op.drop_index("ix_learner_family", table_name="learner")
    op.drop_table("learner")
    op.drop_index("ix_audit_details", table_name="audit")
    op.drop_table("audit")
    # ### end Alembic commands ###
