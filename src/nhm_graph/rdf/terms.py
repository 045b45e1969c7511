"""Namespaces that the code itself uses, and typed text as RDF terms.

What the ontology defines is read from the ontology; here is only what the code must name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal as OneOf
from typing import TypeAlias, get_args

import pyoxigraph as ox

from nhm_graph.errors import BadParameter
from nhm_graph.language import Text

Kind: TypeAlias = OneOf["iri", "text", "integer", "decimal", "date", "boolean", "language"]
Term: TypeAlias = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace: called with a local name it gives the term.

    >>> SKOS("prefLabel").value
    'http://www.w3.org/2004/02/skos/core#prefLabel'
    """

    iri: str

    def __call__(self, local: str) -> ox.NamedNode:
        """The term with this local name."""
        return ox.NamedNode(self.iri + local)

    def __str__(self) -> str:
        return self.iri

    def __contains__(self, term: object) -> bool:
        return isinstance(term, ox.NamedNode) and term.value.startswith(self.iri)


NHM = Namespace("https://w3id.org/nhm/ns#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DCT = Namespace("http://purl.org/dc/terms/")

_LEAST, _GREATEST = -(2**63), 2**63 - 1  # what every engine stores without loss
_DIGITS = 18
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_DECIMAL = re.compile(
    rf"[+-]?(?:[0-9]{{1,{_DIGITS}}}(?:\.[0-9]{{0,{_DIGITS}}})?|\.[0-9]{{1,{_DIGITS}}})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

_EXPECTED: dict[Kind, Text] = {
    "iri": Text(
        de="eine vollständige Adresse wie https://example.org/id/musterstadt",
        en="a full IRI such as https://example.org/id/musterstadt",
    ),
    "text": Text(de="ein Text aus Unicode-Zeichen", en="a text of Unicode characters"),
    "integer": Text(
        de="eine ganze Zahl wie 42, ohne Tausenderzeichen",
        en="a whole number such as 42, without thousands separator",
    ),
    "decimal": Text(
        de="eine Zahl mit Dezimalpunkt wie 12.5, ohne Tausenderzeichen",
        en="a number with a decimal point such as 12.5, without thousands separator",
    ),
    "date": Text(de="ein Datum als Jahr-Monat-Tag wie 2030-12-31", en="a date such as 2030-12-31"),
    "boolean": Text(de="true oder false", en="true or false"),
    "language": Text(
        de="ein Sprachkürzel wie de oder en-GB", en="a language tag such as de or en-GB"
    ),
}


def typed_term(kind: str, text: str, *, name: str | None = None) -> Term:
    """The RDF term that a text stands for when it is read as the given kind.

    Numbers and truth values come in canonical form, a language tag as a plain literal (to be
    compared with `LANG()`). Space around anything but `text` is ignored. `name` is the parameter's
    name for the message. Raises BadParameter, which says what is expected with an example.

    >>> str(typed_term("date", "2030-12-31"))
    '"2030-12-31"^^<http://www.w3.org/2001/XMLSchema#date>'
    >>> typed_term("decimal", "12,5", name="share")
    Traceback (most recent call last):
    ...
    nhm_graph.errors.BadParameter: The value “12,5” for share does not fit. Expected: a number ...
    """
    known = next((each for each in get_args(Kind) if each == kind), None)
    if known is None:
        kinds = ", ".join(get_args(Kind))
        expected = Text(de=f"eine der Arten {kinds}", en=f"one of the kinds {kinds}")
        raise BadParameter.value(name, kind, expected)
    try:
        return _READ[known](text if kind == "text" else text.strip())
    except ValueError:
        raise BadParameter.value(name, text, _EXPECTED[known]) from None


def to_sparql(term: Term) -> str:
    """The term as it stands in a SPARQL query: escaped, so that it can be nothing but this term.

    Raises TypeError for a blank node, which in a query would be a variable.

    >>> to_sparql(typed_term("text", 'He said "no"'))
    '"He said \\\\"no\\\\""'
    """
    if not isinstance(term, (ox.NamedNode, ox.Literal)):
        raise TypeError(f"no constant in SPARQL: {term!r}")
    return str(term)


def _iri(text: str) -> ox.NamedNode:
    return ox.NamedNode(text)


def _integer(text: str) -> ox.Literal:
    if not _INTEGER.fullmatch(text) or not _LEAST <= int(text) <= _GREATEST:
        raise ValueError(text)
    return ox.Literal(str(int(text)), datatype=XSD("integer"))


def _decimal(text: str) -> ox.Literal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    whole = f"{Decimal(text):f}"
    if "." in whole:
        whole = whole.rstrip("0").rstrip(".")
    return ox.Literal("0" if whole == "-0" else whole, datatype=XSD("decimal"))


def _date(text: str) -> ox.Literal:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return ox.Literal(date.fromisoformat(text).isoformat(), datatype=XSD("date"))


def _boolean(text: str) -> ox.Literal:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return ox.Literal("true" if text in ("true", "1") else "false", datatype=XSD("boolean"))


def _language(text: str) -> ox.Literal:
    tag = ox.Literal("", language=text).language  # validates (BCP 47) and writes in lower case
    return ox.Literal(tag or "")


_READ: dict[Kind, Callable[[str], Term]] = {
    "iri": _iri,
    "text": ox.Literal,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "boolean": _boolean,
    "language": _language,
}
