"""What the remote store sends to an engine, and to which one; it is for reading only.

What it takes for an answer is in test_store_remote_answers.py; what it does on engines that behave
in tests/contract.
"""

import base64
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostile_engine import JSON, TABLE, Engine, served
from nhm_graph.errors import (
    BadParameter,
    BadQuery,
    RefusedQuery,
    StoreProblem,
)
from nhm_graph.graph import open_graph
from nhm_graph.settings import Settings
from nhm_graph.store.remote import RemoteStore
from nhm_graph.store.remote_http import certificates
from nhm_graph.store.rows import rows

SELECT = "SELECT ?a { ?a ?b ?c }"
N_TRIPLES = "application/n-triples"
TRIPLES = b'<http://e/s> <http://e/p> "1" .\n<http://e/s> <http://e/p> "2" .\n'
ONE = ["http://e/g"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with served() as engine:
        yield engine


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
