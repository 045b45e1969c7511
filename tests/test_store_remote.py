"""The remote store against engines that are slow, broken or hostile: an answer is whole or refused.

What it does on engines that behave is in tests/contract.
"""

import base64
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostile_engine import JSON, TABLE, Engine, served
from nhm_graph.errors import (
    BadParameter,
    BadQuery,
    Busy,
    Overrun,
    Refusal,
    RefusedQuery,
    StoreProblem,
    TooLarge,
)
from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import Limits, certificates
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


# ----- what is sent -----


def test_a_query_is_posted_as_a_form_with_its_graphs_and_one_media_type(engine: Engine) -> None:
    store = engine.store()
    assert list(rows(store.query(SELECT, ["http://e/g", "http://e/ä&h"]))) == [("x",), ("x",)]
    (seen,) = engine.seen
    assert (seen.method, seen.path) == ("POST", "/sparql")
    assert seen.form == {
        "query": [SELECT],
        "default-graph-uri": ["http://e/g", "http://e/ä&h"],
        "timeout": ["5000"],
    }
    assert seen.headers["Accept"] == JSON
    assert "Authorization" not in seen.headers


def test_graphs_are_also_named_where_the_query_tells_them_apart(engine: Engine) -> None:
    engine.store().query("SELECT ?a { GRAPH ?a { ?s ?p ?o } }", ONE)
    assert engine.seen[0].form["named-graph-uri"] == ONE


def test_the_form_of_the_query_decides_what_is_accepted(engine: Engine) -> None:
    engine.headers, engine.body = {"Content-Type": N_TRIPLES}, TRIPLES
    store = engine.store()
    store.query("# SELECT\nPREFIX insert: <http://e/> CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", ONE)
    assert engine.seen[0].headers["Accept"] == N_TRIPLES


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "PREFIX select: <http://e/> DELETE WHERE { ?s ?p ?o }",
        "SELECT * {} ; INSERT DATA { <urn:a> <urn:b> 1 }",
        "SELECT * {} ; SELECT * {}",
        'DEFINE get:soft "soft" SELECT * {}',
        'SELECT * FROM <http://e/> OPTION (get:soft "soft") {}',
        "LOAD <http://e/>",
        "",
        "# SELECT",
        "(SELECT",
    ],
)
def test_what_is_no_query_is_never_sent(engine: Engine, text: str) -> None:
    with pytest.raises((RefusedQuery, BadQuery)):
        engine.store().query(text, ONE)
    assert engine.seen == []


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.update("CLEAR ALL"),
        lambda store: store.replace_graph("http://e/g", []),
        lambda store: store.backup(Path("copy")),
    ],
)
def test_nothing_is_written(engine: Engine, write: Callable[[RemoteStore], object]) -> None:
    with pytest.raises(StoreProblem, match="for reading only"):
        write(engine.store())
    assert engine.seen == []


def test_credentials_are_sent_as_basic_and_shown_nowhere(engine: Engine) -> None:
    store = engine.store(user="reader", password="s3cret")
    store.query(SELECT, ONE)
    expected = base64.b64encode(b"reader:s3cret").decode()
    assert engine.seen[0].headers["Authorization"] == f"Basic {expected}"
    settings = Settings(store=engine.address, store_user="reader", store_password="s3cret")
    engine.status = 401
    with pytest.raises(StoreProblem) as refusal:
        store.query(SELECT, ONE)
    for shown in (repr(store), repr(settings), str(refusal.value), repr(refusal.value.extra)):
        assert "s3cret" not in shown
        assert expected not in shown


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(engine: Engine, status: int) -> None:
    with served() as other:
        engine.status, engine.headers = status, {"Location": other.address}
        with pytest.raises(StoreProblem, match="Redirects are not followed"):
            engine.store(user="reader", password="s3cret").query(SELECT, ONE)
        assert other.seen == []


def test_proxies_of_the_environment_and_openers_of_others_are_not_used(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served() as other:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.address)
        monkeypatch.setattr(urllib.request, "_opener", None)
        urllib.request.install_opener(
            urllib.request.build_opener(urllib.request.ProxyHandler({"http": other.address}))
        )
        engine.store().query(SELECT, ONE)
        assert other.seen == []
    assert len(engine.seen) == 1


# ----- what comes back -----


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


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/",
        "file:///etc/hostname",
        "example.org/sparql",
        "http://",
        "https://reader:s3cret@example.org/",
        "https://example.org/#part",
        "http://example.org:port/",
        "http://[::1/",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        RemoteStore(address)
    assert "s3cret" not in str(refusal.value)


def test_a_password_goes_to_another_machine_over_https_only() -> None:
    RemoteStore("https://example.org/", user="reader", password="s3cret")
    RemoteStore("http://127.0.0.1/", user="reader", password="s3cret")
    RemoteStore("http://example.org/")
    with pytest.raises(BadParameter, match="unencrypted"):
        RemoteStore("http://example.org/", user="reader", password="s3cret")


def test_certificates_and_names_are_checked() -> None:
    checked_by = certificates("https://localhost/")
    assert checked_by is not None
    assert checked_by.check_hostname
    assert checked_by.verify_mode is ssl.CERT_REQUIRED


def test_the_version_grows_with_time_and_the_list_of_graphs_with_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.body = TABLE.replace(b'"a"', b'"g"').replace(b'"literal"', b'"uri"')
    engine.body = engine.body.replace(b'"x"', b'"http://e/g"', 1).replace(b'"x"', b'"urn:h"')
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    store = RemoteStore(engine.address, refresh_seconds=60)
    before = store.version
    assert store.graph_names() == store.graph_names() == ["http://e/g", "urn:h"]
    assert len(engine.seen) == 1
    now += 61
    assert store.version == before + 1
    assert store.graph_names()
    assert len(engine.seen) == 2


def test_the_settings_open_the_engine_they_name_and_write_nothing_there(engine: Engine) -> None:
    graph = open_graph(Settings.from_environment({"NHM_STORE": engine.address}))
    assert isinstance(graph.store, RemoteStore)
    assert engine.seen == []


def test_a_closed_store_asks_no_more(engine: Engine) -> None:
    store = engine.store()
    store.close()
    with pytest.raises(StoreProblem, match="closed"):
        store.query(SELECT, ONE)
    assert engine.seen == []
