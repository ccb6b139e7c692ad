"""The tables of the journal's file."""

from typing import Final

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

# Short columns first: SQLite reads a row from its beginning, and only as far as it is asked.
entry = Table(
    "entry",
    metadata,
    Column("number", Integer(), primary_key=True, autoincrement=False),
    Column("size", Integer(), nullable=False),
    Column("at", Float(), nullable=False),
    Column("world", String(), nullable=False),
    Column("service", String(), nullable=False),
    Column("operation", String(), nullable=False),
    Column("element", String(), nullable=False),
    Column("organisation", String(), nullable=False),
    Column("user_name", String(), nullable=False),
    Column("user_agent", String(), nullable=False),
    Column("remote", String(), nullable=False),
    Column("method", String(), nullable=False),
    Column("path", String(), nullable=False),
    Column("query", String(), nullable=False),
    Column("status", Integer(), nullable=False),
    Column("outcome", String(), nullable=False),
    Column("duration_ms", Float(), nullable=False),
    Column("scenario", String()),
    Column("facts", Text(), nullable=False),
    Column("encoding", String(), nullable=False),
    Column("request_headers", Text(), nullable=False),
    Column("answer_headers", Text(), nullable=False),
    Column("request_body", LargeBinary(), nullable=False),
    Column("answer_body", LargeBinary(), nullable=False),
)
held = Table(
    "held",
    metadata,
    Column("last", Integer(), nullable=False),
    Column("entries", Integer(), nullable=False),
    Column("size", Integer(), nullable=False),
)
COLUMNS: Final = tuple(column.name for column in entry.columns)
