"""What `ontology/nhm.ttl` promises about each of its terms and about itself.

FOOPS! and OOPS! are services; what they check without a network is checked here, under the
identifiers that they use (VER1, P19, …).
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from vocabulary import (
    BUILT_IN,
    DCT,
    NHM,
    ONTOLOGY,
    OWL,
    RDF,
    RDFS,
    ROOT,
    SKOS,
    XSD,
    Facts,
    data_files,
    facts_of,
    kinds,
    languages,
    lists,
    parsed,
    terms,
    triples_of,
)

FILE = ONTOLOGY / "nhm.ttl"
HEADER = "https://w3id.org/nhm/ns"
PROPERTIES = {"ObjectProperty", "DatatypeProperty", "AnnotationProperty"}
# Dates of whatever kind of thing; OWL 2 has no datatype for their range.
DATES = {
    "assessedOn",
    "dueDate",
    "earliest",
    "latest",
    "refPeriod",
    "validFrom",
    "validUntil",
    "validationDate",
}


def ontology() -> Facts:
    return facts_of(FILE)


def nhm_terms() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    return terms(ontology())


def header() -> dict[str, list[ox.NamedNode | ox.Literal]]:
    return ontology()[HEADER]


def said(predicate: str) -> str:
    (value,) = header()[predicate]
    return value.value


# ----- Each term -----


def test_there_are_terms() -> None:
    assert len(nhm_terms()) > 200


@pytest.mark.parametrize("predicate", [RDFS + "label", SKOS + "definition"])
def test_each_term_is_labelled_and_defined_once_in_each_language(predicate: str) -> None:
    wrong = {name: languages(about, predicate) for name, about in nhm_terms().items()}
    assert {name: has for name, has in wrong.items() if has != ["de", "en"]} == {}


def test_each_term_has_an_example() -> None:
    assert [name for name, about in nhm_terms().items() if SKOS + "example" not in about] == []


def test_an_example_in_english_has_a_german_one_beside_it() -> None:
    having = {name: languages(about, SKOS + "example") for name, about in nhm_terms().items()}
    assert {n: has for n, has in having.items() if has not in (["de"], ["de", "en"], [""])} == {}


def test_each_term_says_where_it_is_defined() -> None:
    where = {n: [v.value for v in a.get(RDFS + "isDefinedBy", [])] for n, a in nhm_terms().items()}
    assert {name: said for name, said in where.items() if said != [HEADER]} == {}


def test_an_example_from_a_list_is_in_that_list() -> None:
    entries = {iri for path in lists() for iri in facts_of(path)} | set(
        facts_of(ONTOLOGY / "sdg.ttl")
    )
    spaces = {path.stem: f"https://w3id.org/nhm/voc/{path.stem}/" for path in lists()}
    spaces["sdg"] = "http://metadata.un.org/sdg/"
    wrong = []
    for name, about in nhm_terms().items():
        for example in about.get(SKOS + "example", []):
            prefix, colon, local = example.value.partition(":")
            if colon and prefix in spaces and spaces[prefix] + local not in entries:
                wrong.append((name, example.value))
    assert wrong == []


def test_each_list_that_a_definition_names_exists() -> None:
    named = re.findall(r"voc/([a-z-]+)", FILE.read_text("utf-8"))
    assert named
    assert set(named) - {path.stem for path in lists()} == set()


# ----- Use -----


def used_terms() -> set[str]:
    """The nhm terms that data, rules and questions use."""
    found = set()
    for path in data_files("ontology", "examples", "shapes"):
        for triple in triples_of(path):
            for term in (triple.subject, triple.predicate, triple.object):
                if isinstance(term, ox.NamedNode) and term.value.startswith(NHM):
                    found.add(term.value.removeprefix(NHM))
    for pattern in ("queries/**/*.rq", "ontology/migration/**/*.r[qu]", "shapes/**/*.ttl"):
        for path in ROOT.glob(pattern):
            # A quotation is text, and so is what follows # at the start of a line.
            lines = [x for x in path.read_text("utf-8").splitlines() if not x.startswith("# ")]
            found |= set(re.findall(r"\bnhm:(\w+)", "\n".join(lines)))
    return found


def test_each_term_that_is_used_is_defined() -> None:
    assert used_terms() - nhm_terms().keys() == set()


def test_each_foreign_term_that_is_used_is_declared() -> None:
    declared = {iri for iri, about in ontology().items() if RDF + "type" in about}
    missing = set()
    for path in [FILE, ONTOLOGY / "sdg.ttl", *lists(), *data_files("examples")]:
        for triple in triples_of(path):
            used = [triple.predicate]
            if triple.predicate.value == RDF + "type" and isinstance(triple.object, ox.NamedNode):
                used.append(triple.object)
            missing |= {u.value for u in used if not u.value.startswith(BUILT_IN)} - declared
    assert missing == set()


def test_no_example_is_two_things_that_nothing_can_be_at_once() -> None:
    store = ox.Store()
    for path in [*find_data_files().ontology(), *data_files("examples")]:
        store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    query = ONTOLOGY / "migration/0.2/queries/report/default/clashing-classes.rq"
    found = store.query(query.read_text("utf-8"))
    assert isinstance(found, ox.QuerySolutions)
    assert [str(row["thing"]) for row in found] == []


# ----- OOPS! -----


def test_p22_classes_and_properties_are_named_alike() -> None:
    shape = {"Class": r"[A-Z][A-Za-z]+", "NamedIndividual": r"[a-z][A-Za-z]+"}
    shape |= dict.fromkeys(PROPERTIES, r"[a-z][A-Za-z]+")
    wrong = [
        (name, kind)
        for name, about in nhm_terms().items()
        for kind in kinds(about)
        if kind in shape and not re.fullmatch(shape[kind], name)
    ]
    assert wrong == []


def test_each_term_is_one_kind_of_thing() -> None:
    basic = PROPERTIES | {"Class", "NamedIndividual"}
    assert [name for name, about in nhm_terms().items() if len(kinds(about) & basic) != 1] == []


def several_domains(known: Facts) -> list[str]:
    limits = (RDFS + "domain", RDFS + "range")
    return [n for n, a in terms(known).items() if any(len(a.get(x, [])) > 1 for x in limits)]


def test_p19_no_property_has_several_domains_or_ranges() -> None:
    assert several_domains(ontology()) == []
    assert several_domains(parsed("nhm:p a owl:ObjectProperty ; rdfs:domain e:A , e:B ."))


def test_p11_a_property_without_domain_and_range_is_one_of_the_dates() -> None:
    neither = {
        name
        for name, about in nhm_terms().items()
        if kinds(about) & {"ObjectProperty", "DatatypeProperty"}
        and not {RDFS + "domain", RDFS + "range"} & about.keys()
    }
    assert neither <= DATES | {"concerns"}


def in_a_circle(known: Facts) -> list[str]:
    """Classes and properties that stand above themselves (P06), at once (P24) or by others."""
    links = (RDFS + "subClassOf", RDFS + "subPropertyOf")
    above = {
        iri: {v.value for link in links for v in about.get(link, [])}
        for iri, about in known.items()
    }
    found = []
    for start in above:
        reached, left = set(), list(above[start])
        while left:
            each = left.pop()
            if each not in reached:
                reached.add(each)
                left += above.get(each, ())
        if start in reached:
            found.append(start)
    return found


def test_p06_p24_nothing_stands_above_itself() -> None:
    assert in_a_circle(ontology()) == []
    assert in_a_circle(parsed("e:A rdfs:subClassOf e:B . e:B rdfs:subClassOf e:A ."))


def test_p34_what_stands_where_a_class_stands_is_a_class() -> None:
    places = (RDFS + "subClassOf", RDFS + "domain", RDFS + "range", OWL + "disjointWith")
    classes = {iri for iri, about in ontology().items() if "Class" in kinds(about)}
    standing = {v.value for a in ontology().values() for place in places for v in a.get(place, [])}
    assert {iri for iri in standing if not iri.startswith(XSD)} - classes == set()


def test_ranges_are_datatypes_that_owl_2_knows() -> None:
    known = {XSD + name for name in ("anyURI", "boolean", "decimal", "integer", "string")}
    ranges = {v.value for about in nhm_terms().values() for v in about.get(RDFS + "range", [])}
    assert {iri for iri in ranges if iri.startswith(XSD)} - known == set()


def deprecated_without_replacement(known: Facts) -> list[str]:
    return [
        iri
        for iri, about in known.items()
        if any(v.value == "true" for v in about.get(OWL + "deprecated", []))
        and (
            not [v for v in about.get(DCT + "isReplacedBy", []) if v.value in known]
            or languages(about, SKOS + "note") != ["de", "en"]
        )
    ]


def test_a_deprecated_term_names_what_replaces_it_and_why() -> None:
    assert deprecated_without_replacement(facts_of(FILE, *lists())) == []
    assert deprecated_without_replacement(parsed("e:old owl:deprecated true .")) == ["http://e/old"]
    gone = 'e:a owl:deprecated true ; skos:note "x"@de , "x"@en ; dct:isReplacedBy e:b .'
    assert deprecated_without_replacement(parsed(gone)) == ["http://e/a"]
    assert deprecated_without_replacement(parsed(gone + ' e:b skos:note "new"@en .')) == []


# ----- FOOPS! -----


def test_ver1_the_version_iri_is_the_ontology_and_its_version() -> None:
    version = said(OWL + "versionInfo")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert said(OWL + "versionIRI") == f"{HEADER}/{version}"
    assert said(OWL + "priorVersion") < said(OWL + "versionIRI")


def test_uri2_the_namespace_is_the_ontology_with_a_hash() -> None:
    assert NHM == HEADER + "#" == said("http://purl.org/vocab/vann/preferredNamespaceUri")


def test_find1_the_prefix_is_declared() -> None:
    assert said("http://purl.org/vocab/vann/preferredNamespacePrefix") == "nhm"


@pytest.mark.parametrize("field", ["title", "description"])
def test_om1_title_and_description_are_in_both_languages(field: str) -> None:
    assert languages(header(), DCT + field) == ["de", "en"]


@pytest.mark.parametrize(
    "predicate",
    [
        *(DCT + f for f in ("creator", "license", "created", "bibliographicCitation")),  # OM1, OM2
        *(DCT + f for f in ("contributor", "publisher", "issued", "modified", "source")),  # OM3
        "http://purl.org/ontology/bibo/status",
        "http://schema.org/citation",
    ],
)
def test_om1_om2_om3_om5_metadata_is_given_once(predicate: str) -> None:
    assert said(predicate)


def test_om4_p41_the_licence_is_an_address() -> None:
    (licence,) = header()[DCT + "license"]
    assert licence == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")


@pytest.mark.parametrize("predicate", [DCT + "bibliographicCitation", "http://schema.org/citation"])
def test_the_citation_names_the_version(predicate: str) -> None:
    assert f"version {said(OWL + 'versionInfo')}, {HEADER}" in said(predicate)


def test_nothing_is_imported() -> None:
    imports = [p for p in data_files("ontology") for t in triples_of(p) if "imports" in str(t)]
    assert imports == []


# ----- With the tools of the background data -----


@pytest.mark.real
def test_no_file_of_the_ontology_uses_an_unknown_foreign_term(shared: Path) -> None:
    command = [
        sys.executable,
        str(shared / "tools/check_terms.py"),
        *map(str, data_files("ontology")),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.real
def test_the_ontology_is_in_owl_2_dl(shared: Path, program: Callable[[str], Path]) -> None:
    program("java")
    aligned = [p for p in (ONTOLOGY / "alignments").glob("*.ttl") if p.stem != "sdgio"]
    command = [str(shared / "tools/owl_profile.sh"), str(FILE), *map(str, aligned)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHON": sys.executable}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OWL 2 DL: IN" in done.stdout
