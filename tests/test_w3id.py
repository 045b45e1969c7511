"""The redirects to be registered at w3id.org know every address that the product uses.

The rules are read as mod_rewrite reads them, as far as `.htaccess` uses it: the Accept field sets
RDF, a condition on RDF belongs to the rule below it, the first rule that fits redirects.
"""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.questions import read_questions
from nhm_graph.catalog.rules import read_rules

ROOT = Path(__file__).resolve().parents[1]
HTACCESS = (ROOT / "w3id/.htaccess").read_text("utf-8")
FILES = find_data_files()
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
    paths = [*FILES.ontology(), *FILES.shapes(), *FILES.examples(), *ROOT.glob("src/**/*.py")]
    text = "\n".join(path.read_text("utf-8") for path in paths)
    found = re.findall(r"https://w3id\.org/nhm(?:/[\w./#-]*\w)?", text)
    named = [f"{NAMESPACE}rule/{each}" for each in read_rules(FILES.shapes())]
    asked = [f"{NAMESPACE}query/{each}" for each in read_questions(FILES.queries())]
    return {*found, *named, *asked}


@pytest.mark.parametrize("accept", [TURTLE, HTML])
def test_every_address_in_use_leads_somewhere(accept: str) -> None:
    assert [each for each in sorted(addresses_in_use()) if redirect(each, accept) is None] == []


def test_files_that_redirects_lead_to_exist() -> None:
    targets = {redirect(each, TURTLE) or "" for each in addresses_in_use()}
    files = {each for each in targets if each.endswith(".ttl")}
    assert len(files) > 30
    assert [each for each in sorted(files) if not (ROOT / each).is_file()] == []


def test_pages_that_redirects_lead_to_exist() -> None:
    targets = {(redirect(each, HTML) or "").partition("#")[0] for each in addresses_in_use()}
    pages = {each for each in targets if each.endswith(".html")}
    assert pages
    for each in pages:
        assert (ROOT / "docs" / each.removeprefix("doc/").replace(".html", ".md")).is_file()


@pytest.mark.parametrize("rule", read_rules(FILES.shapes()).values(), ids=lambda rule: rule.id)
def test_a_rule_leads_to_the_file_that_holds_it(rule: object) -> None:
    iri = str(getattr(rule, "iri", ""))
    target = redirect(iri, "application/ld+json;q=0.9, text/turtle")
    assert target
    name = iri.rpartition("/")[2]
    assert re.search(rf"^rule:{name} a ", (ROOT / target).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("file", sorted(ROOT.glob("ontology/*/*.ttl")), ids=lambda file: file.stem)
def test_a_list_or_alignment_leads_to_the_file_that_holds_it(file: Path) -> None:
    subjects = {quad.subject.value for quad in ox.parse(path=file)}
    if file.parent.name == "mappings":  # they speak of lists and have no addresses of their own
        return
    if file.parent.name == "alignments":
        subjects = {f"{NAMESPACE}alignment/{file.stem}"}
    own = {each for each in subjects if each.startswith((f"{NAMESPACE}voc/", f"{NAMESPACE}al"))}
    assert own
    for each in own:
        assert redirect(each, TURTLE) == str(file.relative_to(ROOT)), each


def test_an_unknown_address_leads_nowhere() -> None:
    assert redirect(f"{NAMESPACE}nothing/here", HTML) is None
