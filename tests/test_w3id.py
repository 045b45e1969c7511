"""The redirects to be registered at w3id.org know every address that the product uses.

The rules are read as mod_rewrite reads them, as far as `.htaccess` uses it: the Accept field sets
RDF, a condition on RDF belongs to the rule below it, the first rule that fits redirects.
"""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import read_questions
from nhm_graph.catalog.rules import Rule, read_rules
from nhm_graph.graph import Graph
from nhm_graph.publish.addresses import Addresses

ROOT = Path(__file__).resolve().parents[1]
HTACCESS = (ROOT / "w3id/.htaccess").read_text("utf-8")
FILES = find_data_files()
RULES = list(read_rules(FILES.shapes()).values())
NAMESPACE, HOST = "https://w3id.org/nhm/", "https://to-be-set.invalid/"
TURTLE, HTML = "text/turtle", "text/html,application/xhtml+xml,*/*;q=0.8"


def redirect(address: str, accept: str) -> str | None:
    """Where a client is sent, below the host to be set; None: nowhere."""
    path = address.removeprefix(NAMESPACE.rstrip("/")).lstrip("/").partition("#")[0]
    asks_for_rdf = on_condition = False
    for line in HTACCESS.splitlines():
        word, *rest = line.split(" ")
        if word == "RewriteCond" and rest[0] == "%{HTTP_ACCEPT}":
            asks_for_rdf = re.search(rest[1], accept, re.IGNORECASE) is not None
        elif word == "RewriteCond":
            assert rest == ["%{ENV:RDF}", "=1"]
            on_condition = True
        elif word == "RewriteRule" and rest[1] != "-":
            found = re.search(rest[0], path)
            if found and (asks_for_rdf or not on_condition):
                assert rest[1].startswith(HOST)
                return found.expand(rest[1].removeprefix(HOST).replace("$", "\\"))
            on_condition = False
    return None


def addresses_in_use() -> set[str]:
    alignments = sorted(ROOT.glob("ontology/alignments/*.ttl"))
    paths = [*FILES.ontology(), *alignments, *FILES.shapes(), *FILES.examples()]
    paths += ROOT.glob("src/**/*.py")
    text = "\n".join(path.read_text("utf-8") for path in paths)
    found = re.findall(r"https://w3id\.org/nhm(?:/[\w./#-]*\w)?", text)
    named = [f"{NAMESPACE}rule/{each}" for each in read_rules(FILES.shapes())]
    asked = [f"{NAMESPACE}query/{each}" for each in read_questions(FILES.queries())]
    return {*found, *named, *asked}


@pytest.mark.parametrize("accept", [TURTLE, HTML])
def test_every_address_in_use_leads_somewhere(accept: str) -> None:
    assert [each for each in sorted(addresses_in_use()) if redirect(each, accept) is None] == []


def things(graph: Graph) -> list[str]:
    """Everything in the examples and lists whose address begins with the namespace."""
    rows = graph.store.query("SELECT DISTINCT ?s { ?s a ?t }")
    found = (row[0].value for row in rows)  # type: ignore[union-attr,index]
    return sorted(each for each in found if each.startswith(NAMESPACE))


def test_every_thing_of_the_examples_leads_somewhere(graph: Graph) -> None:
    assert len(things(graph)) > 1_000
    assert [each for each in things(graph) if redirect(each, TURTLE) is None] == []


def test_the_service_answers_what_redirects_lead_to(web: TestClient, graph: Graph) -> None:
    questions = [f"{NAMESPACE}query/{each}" for each in sorted(graph.questions)]
    for each in (*things(graph)[::40], *questions[::9], f"{NAMESPACE}ns", f"{NAMESPACE}shapes"):
        response = web.get(f"/{redirect(each, TURTLE)}", headers={"Accept": TURTLE})
        assert (response.status_code, response.headers["content-type"]) == (
            200,
            "text/turtle; charset=utf-8",
        ), each


def test_what_has_no_service_is_a_file_or_a_page_of_the_documentation() -> None:
    targets = {
        (redirect(each, accept) or "").partition("#")[0]
        for each in addresses_in_use()
        for accept in (TURTLE, HTML)
    }
    files = {each for each in targets if each.startswith("ontology/")}
    pages = {each for each in targets if each.startswith("pages/")}
    assert files
    assert pages
    assert [each for each in sorted(files) if not (ROOT / each).is_file()] == []
    for each in pages:
        name = each.removeprefix("pages/").replace(".html", ".md")
        assert (ROOT / "docs" / name).is_file(), each


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("ns/0.2.0", "ns/0.2.0"),
        ("ns/0.2.0.ttl", "ns/0.2.0.ttl"),
        ("ns.jsonld", "ns.jsonld"),
        ("ns/", "ns"),
        ("rule/0.2.0/M04", "rule/0.2.0/M04"),
        ("shapes/0.2.0.nt", "shapes/0.2.0.nt"),
        ("query/0.2.0/sdg-gaps.ttl", "query/0.2.0/sdg-gaps.ttl"),
        ("examples/id/musterstadt/goal/Z-01", "id/musterstadt/goal/Z-01"),
        ("examples/doc/musterstadt/goal/Z-01.ttl", "doc/musterstadt/goal/Z-01.ttl"),
        ("doc/voc/coverage", "voc/coverage"),
        ("sdg/7.2", "sdg/7.2"),
    ],
)
def test_versions_and_suffixes_are_kept(web: TestClient, address: str, leads_to: str) -> None:
    target = redirect(NAMESPACE + address, HTML)
    assert target == leads_to
    assert web.get(f"/{target}").status_code == 200


def test_a_document_about_a_thing_has_an_address_that_is_redirected(graph: Graph) -> None:
    home = Addresses.read(graph.settings.base_iris)
    for iri in (
        "https://w3id.org/nhm/examples/id/musterstadt/goal/Z-01",
        f"{NAMESPACE}voc/coverage/none",
        "http://metadata.un.org/sdg/7.2",
    ):
        assert redirect(home.document(iri), HTML) == (home.page(iri) or "").strip("/")


@pytest.mark.parametrize("rule", RULES[::8], ids=lambda rule: rule.id)
def test_a_rule_and_each_of_its_parts_lead_to_the_rule(web: TestClient, rule: Rule) -> None:
    said = web.get(f"/{redirect(rule.iri, TURTLE)}", headers={"Accept": "application/n-triples"})
    parts = set(re.findall(rf"<{re.escape(rule.iri)}-[\w-]+>", said.text))
    assert f"<{rule.iri}> " in said.text
    for each in sorted(parts):
        target = redirect(each.strip("<>"), TURTLE)
        answer = web.get(f"/{target}", headers={"Accept": "application/n-triples"})
        assert answer.text == said.text


def test_an_unknown_address_leads_nowhere() -> None:
    assert redirect(f"{NAMESPACE}nothing/here", HTML) is None
