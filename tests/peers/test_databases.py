"""The databases that the tests run on are real, and ours alone."""

import socket
from urllib.parse import urlsplit

import psycopg


def test_postgres_answers_and_is_empty(fresh_postgres_url):
    with psycopg.connect(fresh_postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        encoding = connection.execute("SHOW server_encoding").fetchone()
    assert tables == (0,)
    assert encoding == ("UTF8",)


def test_what_one_test_leaves_in_a_fresh_database_no_other_meets(postgres_url, fresh_postgres_url):
    assert fresh_postgres_url != postgres_url
    with psycopg.connect(fresh_postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE mark (id int)")
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT to_regclass('public.mark')").fetchone() == (None,)


def test_redis_answers(redis_url):
    address = urlsplit(redis_url)
    with socket.create_connection((address.hostname, address.port or 6379), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
