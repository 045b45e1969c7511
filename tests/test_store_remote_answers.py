"""Answers of engines that are slow, broken or hostile: each is whole or refused."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from hostile_engine import JSON, TABLE, Engine, served
from nhm_graph.errors import (
    BadQuery,
    Busy,
    Overrun,
    Refusal,
    StoreProblem,
    TooLarge,
)
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits
from nhm_graph.store.rows import rows, truth

SELECT = "SELECT ?a { ?a ?b ?c }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
N_TRIPLES = "application/n-triples"
TRIPLES = b'<http://e/s> <http://e/p> "1" .\n<http://e/s> <http://e/p> "2" .\n'
ONE = ["http://e/g"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with served() as engine:
        yield engine


@pytest.mark.parametrize(
    ("status", "refusal", "says"),
    [
        (400, BadQuery, "line 3: syntax error"),
        (401, StoreProblem, "NHM_STORE_USER"),
        (403, StoreProblem, "NHM_STORE_USER"),
        (404, StoreProblem, "address for SPARQL queries"),
        (408, Overrun, "completely within"),
        (413, StoreProblem, "Shorten"),
        (414, StoreProblem, "414"),
        (429, Busy, "busy"),
        (500, StoreProblem, "line 3: syntax error"),
        (502, StoreProblem, "502"),
        (503, Busy, "busy"),
        (504, Overrun, "completely within"),
        (204, StoreProblem, "204"),
        (206, StoreProblem, "206"),
    ],
)
def test_each_status_is_a_refusal_that_says_what_to_do(
    engine: Engine, status: int, refusal: type[Refusal], says: str
) -> None:
    engine.status, engine.headers = status, {"Content-Type": "text/plain"}
    engine.body = b"line 3: syntax error\n\nSPARQL query:\n" + b"x" * 5_000
    if status == 204:
        engine.body = b""
    with pytest.raises(refusal, match=says) as raised:
        engine.store().query(SELECT, ONE)
    assert type(raised.value) is refusal
    assert len(str(raised.value)) < 500
    assert "xxx" not in str(raised.value)


def test_a_page_instead_of_a_message_is_not_repeated(engine: Engine) -> None:
    engine.status, engine.headers = 500, {"Content-Type": "text/html"}
    engine.body = b"<script>alert(1)</script>"
    with pytest.raises(StoreProblem) as refusal:
        engine.store().query(SELECT, ONE)
    assert "script" not in str(refusal.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": "application/json"},
        {},
        {"Content-Type": JSON, "Content-Encoding": "gzip"},
    ],
)
def test_another_content_type_than_asked_is_refused(
    engine: Engine, headers: dict[str, str]
) -> None:
    engine.headers = headers
    with pytest.raises(StoreProblem):
        engine.store().query(SELECT, ONE)


@pytest.mark.parametrize(
    "body",
    [
        TABLE[:-1],
        TABLE[:-20],
        TABLE[: TABLE.index(b"},{")],
        b"",
        b"{}",
        b"[]",
        b"null",
        TABLE + b"{",
        TABLE.replace(b'"x"', b'"\xff"'),
    ],
)
def test_a_table_without_its_end_is_refused_before_its_first_row(
    engine: Engine, body: bytes
) -> None:
    engine.body = body
    with pytest.raises(StoreProblem, match="cut off or damaged"):
        engine.store().query(SELECT, ONE)


def test_a_table_that_ends_with_the_connection_is_taken_if_it_is_whole(engine: Engine) -> None:
    engine.with_length = False
    assert len(list(rows(engine.store().query(SELECT, ONE)))) == 2


@pytest.mark.parametrize(("text", "kind"), [(SELECT, JSON), (CONSTRUCT, N_TRIPLES)])
@pytest.mark.parametrize("how", ["length", "chunked"])
def test_a_body_shorter_than_stated_is_refused(
    engine: Engine, text: str, kind: str, how: str
) -> None:
    engine.headers = {"Content-Type": kind}
    engine.body = TABLE if kind == JSON else TRIPLES
    engine.chunked = how == "chunked"
    engine.stated = len(engine.body) + 10
    with pytest.raises(StoreProblem, match="cut off or damaged"):
        engine.store().query(text, ONE)


def test_a_graph_of_which_the_end_cannot_be_known_is_refused(engine: Engine) -> None:
    engine.headers, engine.body = {"Content-Type": N_TRIPLES}, TRIPLES
    assert len(list(engine.store().read_graph("http://e/g"))) == 2
    engine.with_length = False
    with pytest.raises(StoreProblem, match="cut off or damaged"):
        engine.store().read_graph("http://e/g")


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (SELECT, b'{"head":{},"boolean":true}'),
        ("ASK { ?s ?p ?o }", TABLE),
    ],
)
def test_a_result_of_another_form_is_refused(engine: Engine, text: str, body: bytes) -> None:
    engine.body = body
    with pytest.raises(StoreProblem, match="cut off or damaged"):
        engine.store().query(text, ONE)


def test_an_ask_answered_by_a_table_as_virtuoso_does_is_read(engine: Engine) -> None:
    head = '{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":[%s]}}'
    engine.body = (head % "").encode()
    assert truth(engine.store().query("ASK { ?s ?p ?o }", ONE)) is False
    engine.body = (head % '{"__ASK_RETVAL":{"type":"literal","value":"1"}}').encode()
    assert truth(engine.store().query("ASK { ?s ?p ?o }", ONE)) is True


@pytest.mark.parametrize(
    ("header", "refusal"),
    [({"X-SPARQL-MaxRows": "2"}, StoreProblem), ({"X-SQL-State": "S1TAT"}, Overrun)],
)
def test_rows_that_virtuoso_left_out_are_noticed(
    engine: Engine, header: dict[str, str], refusal: type[Refusal]
) -> None:
    engine.headers |= header
    with pytest.raises(refusal):
        engine.store().query(SELECT, ONE)


def test_an_answer_larger_than_the_limit_is_refused(engine: Engine) -> None:
    size = len(TABLE)
    assert len(list(rows(engine.store(size=size).query(SELECT, ONE)))) == 2
    with pytest.raises(TooLarge, match="NHM_MAX_ANSWER_BYTES"):
        engine.store(size=size - 1).query(SELECT, ONE)


def test_the_deadline_holds_for_the_whole_answer_and_not_for_each_byte(engine: Engine) -> None:
    engine.pause = 0.1
    begun = time.monotonic()
    with pytest.raises(Overrun, match="NHM_REMOTE_SECONDS"):
        engine.store(seconds=0.5).query(SELECT, ONE)
    assert 0.5 <= time.monotonic() - begun < 1.0


def test_the_deadline_holds_for_an_engine_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        begun = time.monotonic()
        with pytest.raises(Overrun):
            RemoteStore(address, limits=Limits(0.3, 1000)).query(SELECT, ONE)
        assert time.monotonic() - begun < 0.8


def test_an_engine_that_is_not_there_is_a_problem_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(StoreProblem, match="Check that it runs"):
        RemoteStore(address).query(SELECT, ONE)


def test_something_else_than_http_is_a_problem() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with other.accept()[0] as connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(StoreProblem):
            RemoteStore(f"http://127.0.0.1:{other.getsockname()[1]}/").query(SELECT, ONE)
