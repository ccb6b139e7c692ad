"""Wrong passwords given for organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "failed_login",
        sa.Column("organisation", KEY, nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.ukprn_key"], name=op.f("fk_failed_login_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_failed_login")),
    )


def downgrade() -> None:
    op.drop_table("failed_login")
