"""Which question and which rule uses which term: the table that ties the parts together."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.rdf.reading import Document
from nhm_graph.rdf.terms import NHM

_PREFIXED = re.compile(r"\bnhm:([A-Za-z]\w*)")


@dataclass(slots=True)
class Usage:
    """Names of the questions and identifiers of the rules that use a term."""

    questions: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)


def usage(
    questions: Mapping[str, NamedQuestion], rules: Mapping[str, str], shapes: Iterable[Document]
) -> dict[str, Usage]:
    """Usage by the local name of the term; `rules` gives the IRI of each rule's shape.

    >>> usage({}, {}, [])
    {}
    """
    found: dict[str, Usage] = defaultdict(Usage)
    for question in questions.values():
        for name in _PREFIXED.findall(question.text):
            found[name].questions.add(question.name)
    said: dict[object, list[object]] = defaultdict(list)
    for document in shapes:
        for quad in document.quads:
            said[str(quad.subject)].append(quad.object)
            said[str(quad.subject)].append(quad.predicate)
    for rule, iri in rules.items():
        for name in _names(f"<{iri}>", said, set()):
            found[name].rules.add(rule)
    return dict(found)


def _names(node: str, said: Mapping[object, list[object]], seen: set[str]) -> set[str]:
    """The terms in a shape, in the shapes and blank nodes it refers to, and in its SPARQL."""
    if node in seen:
        return set()
    seen.add(node)
    names: set[str] = set()
    for term in said.get(node, []):
        value = str(getattr(term, "value", ""))
        if value.startswith(str(NHM)) and str(term).startswith("<"):
            names.add(value.removeprefix(str(NHM)))
        elif str(term).startswith('"'):
            names |= set(_PREFIXED.findall(value)) if "SELECT" in value else set()
        names |= _names(str(term), said, seen)
    return names
