"""clicks as narrow rows

Revision ID: 0054
Revises: 0053
"""

from datetime import date
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

PLACES = 1 << 32
SIGN = 1 << 63
CODES = dict(
    zip(
        "burst crawler data_centre head headless mail_gateway missing_headers no_agent not_a_visit office own_visit prefetch "
        "preview_fetch self_named".split(),
        "bcdhilmnopqrst",
        strict=True,
    )
)
"""Of rules, as `rule_codes` has them."""
NAMES = {code: name for name, code in CODES.items()}
NEW = "id, visitor, day, ms, link_id, kind_id, place, rules_version, is_human, is_first_today, rule"
OLD = (
    'id, link_id, at, day, method, agent_id, referrer_host, facts, purpose, visitor, source, is_human, is_first_today, '
    'rule, rules_version, segment_id, "offset", country'
)
KIND = "agent_id, referrer_host, facts, country, purpose, method"
SAME_KIND = " AND ".join(
    f"k.{column} = c.{column}" for column in ("agent_id", "referrer_host", "facts", "purpose", "method")
)
WHOSE = f"{SAME_KIND} AND k.country = coalesce(c.country, '')"
KEYS = {"link_id": "link", "agent_id": "agent", "segment_id": "journal_segment"}
INDEXES = {"ix_click_link_at": "link_id, at, id", "ix_click_visitor_link": "visitor, link_id", "ix_click_day": "day"}


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "request_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("referrer_host", sa.String(255), nullable=False),
        sa.Column("facts", sa.String(12), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_request_kind_agent_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_kind")),
        sa.UniqueConstraint(
            "agent_id", "referrer_host", "facts", "country", "purpose", "method", name="uq_request_kind",
        ),
    )
    op.create_table(
        "minute_sources",
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "batch", name=op.f("pk_minute_sources")),
    )
    # Bursts that are on at this very moment are counted from nothing again.
    op.drop_table("source_minute")
    op.execute(
        f"INSERT INTO request_kind ({KIND}) SELECT DISTINCT agent_id, referrer_host, facts, coalesce(country, ''), "
        "purpose, method FROM click"
    )
    if is_postgresql:
        _set_postgresql_aside()
    else:
        op.execute("ALTER TABLE click RENAME TO click_before")
        op.get_bind().connection.driver_connection.create_function("hash_number", 1, _number, deterministic=True)
    columns = (
        "id bigint NOT NULL, visitor bigint NOT NULL, day date NOT NULL, ms integer NOT NULL, link_id integer NOT NULL, "
        "kind_id integer NOT NULL, place smallint NOT NULL, rules_version smallint NOT NULL, is_human boolean NOT NULL, "
        "is_first_today boolean NOT NULL, rule varchar(40) NOT NULL"
    )
    if is_postgresql:
        op.execute(f"CREATE TABLE click ({columns}) PARTITION BY RANGE (day)")
        _make_months()
        number = (
            "CASE WHEN c.visitor ~ '^[0-9a-f]{16}' THEN ('x' || substr(c.visitor, 1, 16))::bit(64)::bigint "
            "ELSE ('x' || substr(md5(c.visitor), 1, 16))::bit(64)::bigint END"
        )
        minute = "date_trunc('minute', c.at)"
        ms = "(extract(epoch FROM c.at - c.day::timestamp AT TIME ZONE 'UTC') * 1000)::integer"
    else:
        columns = columns.replace("id bigint NOT NULL", "id INTEGER NOT NULL CONSTRAINT pk_click PRIMARY KEY", 1)
        op.execute(f"CREATE TABLE click ({columns})")
        number, minute = "hash_number(c.visitor)", "strftime('%Y-%m-%d %H:%M', c.at)"
        # Days of the calendar are taken off first: a double holds milliseconds of a day, not of an era.
        ms = "CAST(round((julianday(c.at) - julianday(c.day)) * 86400000) AS INTEGER)"
    ms = f"CASE WHEN {ms} < 0 THEN 0 WHEN {ms} > 86399999 THEN 86399999 ELSE {ms} END"
    nth = f"row_number() OVER (PARTITION BY c.source, {minute} ORDER BY c.id)"
    op.execute(
        f"INSERT INTO click ({NEW}) SELECT c.segment_id * CAST({PLACES} AS bigint) + c.\"offset\", {number}, c.day, {ms}, c.link_id, "
        f"k.id, CASE WHEN {nth} > 32767 THEN 32767 ELSE {nth} END, c.rules_version, c.is_human, c.is_first_today, "
        f"{_said_as(CODES)} FROM click_before c JOIN request_kind k ON {WHOSE} ORDER BY c.segment_id, c.\"offset\""
    )
    op.execute(
        "UPDATE earlier_judgement SET click_id = (SELECT c.segment_id * "
        f"CAST({PLACES} AS bigint) + c.\"offset\" FROM click_before c WHERE c.id = earlier_judgement.click_id "
        "AND c.day = earlier_judgement.day) WHERE EXISTS (SELECT 1 FROM click_before c "
        "WHERE c.id = earlier_judgement.click_id AND c.day = earlier_judgement.day)"
    )
    op.execute("DROP TABLE click_before")
    if is_postgresql:
        # Full pages: numbers come in their order. The day first: that is the order in which lists are read.
        op.execute("ALTER TABLE click ADD CONSTRAINT pk_click PRIMARY KEY (day, id) WITH (fillfactor = 100)")
    else:
        op.execute("CREATE INDEX ix_click_day ON click (day)")
    op.execute("CREATE INDEX ix_click_link_day ON click (link_id, day)")


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "source_minute",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "minute", name=op.f("pk_source_minute")),
    )
    op.create_index(op.f("ix_source_minute_minute"), "source_minute", ["minute"])
    op.drop_table("minute_sources")
    if is_postgresql:
        _set_postgresql_aside()
        op.execute("CREATE SEQUENCE click_id_seq")
        columns = (
            "id bigint NOT NULL DEFAULT nextval('click_id_seq'), link_id integer NOT NULL, at timestamptz NOT NULL, "
            "day date NOT NULL, method varchar(8) NOT NULL, agent_id integer NOT NULL, referrer_host varchar(255) NOT NULL, "
            "facts varchar(12) NOT NULL, purpose varchar(40) NOT NULL, visitor varchar(24) NOT NULL, "
            "source varchar(16) NOT NULL, is_human boolean NOT NULL, is_first_today boolean NOT NULL, "
            'rule varchar(40) NOT NULL, rules_version integer NOT NULL, segment_id integer NOT NULL, "offset" bigint NOT NULL, '
            "country varchar(2)"
        )
        op.execute(f"CREATE TABLE click ({columns}) PARTITION BY RANGE (day)")
        op.execute("ALTER SEQUENCE click_id_seq OWNED BY click.id")
        _make_months()
        at = "c.day::timestamp AT TIME ZONE 'UTC' + c.ms * interval '1 millisecond'"
        visitor = "lpad(to_hex(c.visitor), 16, '0')"
    else:
        op.execute("ALTER TABLE click RENAME TO click_before")
        op.get_bind().connection.driver_connection.create_function("hash_digits", 1, _digits, deterministic=True)
        op.create_table(
            "click",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("link_id", sa.Integer(), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("method", sa.String(8), nullable=False),
            sa.Column("agent_id", sa.Integer(), nullable=False),
            sa.Column("referrer_host", sa.String(255), nullable=False),
            sa.Column("facts", sa.String(12), nullable=False),
            sa.Column("purpose", sa.String(40), nullable=False),
            sa.Column("visitor", sa.String(24), nullable=False),
            sa.Column("source", sa.String(16), nullable=False),
            sa.Column("is_human", sa.Boolean(), nullable=False),
            sa.Column("is_first_today", sa.Boolean(), nullable=False),
            sa.Column("rule", sa.String(40), nullable=False),
            sa.Column("rules_version", sa.Integer(), nullable=False),
            sa.Column("segment_id", sa.Integer(), nullable=False),
            sa.Column("offset", sa.Integer(), nullable=False),
            sa.Column("country", sa.String(2), nullable=True),
            *(
                sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_click_{column}_{table}"))
                for column, table in KEYS.items()
            ),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_click")),
            sa.UniqueConstraint("segment_id", "offset", name=op.f("uq_click_segment_id_offset")),
        )
        at = "strftime('%Y-%m-%d %H:%M:%f', julianday(c.day) + c.ms / 86400000.0) || '000'"
        visitor = "hash_digits(c.visitor)"
    # Numbers are given anew, small ones; the hash of the address alone is not there any more.
    op.execute(
        f"INSERT INTO click ({OLD}) SELECT row_number() OVER (ORDER BY c.day, c.ms, c.id), c.link_id, {at}, c.day, "
        f"k.method, k.agent_id, k.referrer_host, k.facts, k.purpose, {visitor}, '', c.is_human, c.is_first_today, "
        f"{_said_as(NAMES)}, c.rules_version, c.id / CAST({PLACES} AS bigint), c.id % CAST({PLACES} AS bigint), nullif(k.country, '') "
        "FROM click_before c JOIN request_kind k ON k.id = c.kind_id"
    )
    op.execute(
        "UPDATE earlier_judgement SET click_id = (SELECT c.id FROM click c "
        f'WHERE c.segment_id * CAST({PLACES} AS bigint) + c."offset" = earlier_judgement.click_id) '
        f'WHERE EXISTS (SELECT 1 FROM click c WHERE c.segment_id * CAST({PLACES} AS bigint) + c."offset" = '
        "earlier_judgement.click_id)"
    )
    op.execute("DROP TABLE click_before")
    if is_postgresql:
        op.execute("SELECT setval('click_id_seq', coalesce((SELECT max(id) FROM click), 0) + 1, false)")
        op.execute("ALTER TABLE click ADD CONSTRAINT pk_click PRIMARY KEY (day, id)")
        op.execute('ALTER TABLE click ADD CONSTRAINT uq_click_segment_id_offset UNIQUE ("offset", segment_id, day)')
        for column, table in KEYS.items():
            op.create_foreign_key(op.f(f"fk_click_{column}_{table}"), "click", table, [column], ["id"])
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON click ({columns})")
    op.drop_table("request_kind")


def _set_postgresql_aside() -> None:
    """The table that was, and those of its months, by other names; it goes with its sequence and its indexes."""
    for name in _months():
        op.execute(f"ALTER TABLE {name} RENAME TO before_{name}")
    op.execute("ALTER TABLE click RENAME TO click_before")
    for name in op.get_bind().scalars(
        sa.text(
            "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
            "WHERE i.indrelid IN (SELECT 'click_before'::regclass UNION SELECT inhrelid FROM pg_inherits "
            "WHERE inhparent = 'click_before'::regclass)"
        )
    ).all():
        op.execute(f'ALTER INDEX "{name}" RENAME TO "before_{name[:55]}"')
    if op.get_bind().scalar(sa.text("SELECT to_regclass('click_id_seq') IS NOT NULL")):
        op.execute("ALTER SEQUENCE click_id_seq RENAME TO before_click_id_seq")


def _months() -> list[str]:
    return list(
        op.get_bind().scalars(
            sa.text(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                "WHERE i.inhparent = 'click'::regclass"
            )
        )
    )


def _make_months() -> None:
    """The same months as before."""
    op.execute("CREATE TABLE click_rest PARTITION OF click DEFAULT")
    names = op.get_bind().scalars(
        sa.text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'click_before'::regclass ORDER BY 1"
        )
    ).all()
    for name in names:
        if name != "before_click_rest":
            year, month = (int(part) for part in name.split("_")[2:])
            first, following = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
            op.execute(
                f"CREATE TABLE click_{first:%Y_%m} PARTITION OF click FOR VALUES FROM ('{first}') TO ('{following}')"
            )


def _said_as(words: dict[str, str]) -> str:
    """A rule by its letter, or by its name again; what has neither stays as it is."""
    return "CASE c.rule " + " ".join(f"WHEN '{one}' THEN '{other}'" for one, other in words.items()) + " ELSE c.rule END"


def _number(digest: str) -> int:
    """As `visits.number` has it."""
    try:
        return (int(digest[:16], 16) ^ SIGN) - SIGN
    except ValueError:
        return int.from_bytes(blake2b(digest.encode(), digest_size=8).digest(), signed=True)


def _digits(number: int) -> str:
    return f"{number % (1 << 64):016x}"
