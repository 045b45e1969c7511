"""The document about a thing as RDF: what it says, and what is known of the document itself.

A concise bounded description (W3C submission of 3 June 2005) with the links to the thing: what is
said of it, what links to it, what its nameless neighbours say, the names of the others, and the
document with its topic, licence, date and dataset.
"""

from collections.abc import Iterator

from nhm_graph.publish.addresses import Addresses
from nhm_graph.publish.description import FICTIONAL, LABELS, MUNICIPALITY, TYPE, Description
from nhm_graph.rdf.formats import DataFormat
from nhm_graph.rdf.statements import Statement, literal, written
from nhm_graph.rdf.terms import DCT, NHM, RDF, RDFS, SKOS, XSD, Namespace, Term, typed_term

FOAF = Namespace("http://xmlns.com/foaf/0.1/")
VOID = Namespace("http://rdfs.org/ns/void#")
PREFIXES = {
    "nhm": str(NHM),
    "dct": str(DCT),
    "foaf": str(FOAF),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "skos": str(SKOS),
    "void": str(VOID),
    "xsd": str(XSD),
}
_LICENCE = DCT("license").value


def document(description: Description, addresses: Addresses) -> Iterator[Statement]:
    """All that the document about a thing says."""
    yield from description.own
    yield from description.incoming
    for subject, said in description.about.items():
        for each in said:
            named = each.predicate in (*LABELS, TYPE)
            if subject in description.told or named:
                yield each
    yield from _about_document(description, addresses.document(description.iri))


def document_bytes(description: Description, addresses: Addresses, form: DataFormat) -> bytes:
    """The document in a format; the same description gives the same bytes."""
    return written(document(description, addresses), form, PREFIXES)


def _about_document(description: Description, iri: str) -> Iterator[Statement]:
    thing = typed_term("iri", description.iri)

    def say(name: Namespace, local: str, value: Term) -> Statement:
        return Statement(iri, name(local).value, value)

    if iri == description.iri:  # a document of its own: there is nothing apart from it
        return
    yield say(RDF, "type", FOAF("Document"))
    yield say(FOAF, "primaryTopic", thing)
    yield Statement(description.iri, FOAF("isPrimaryTopicOf").value, typed_term("iri", iri))
    if description.modified:
        yield say(DCT, "modified", literal(description.modified, XSD("date")))
    if description.fictional:
        yield Statement(iri, FICTIONAL, literal("true", XSD("boolean")))
    for graph in description.graphs:
        yield say(VOID, "inDataset", typed_term("iri", graph))
        yield say(DCT, "isPartOf", typed_term("iri", graph))
        for name in (_LICENCE, FICTIONAL, MUNICIPALITY):
            for each in description.values(name, graph):
                yield each
                if name == _LICENCE:
                    yield say(DCT, "license", each.object)
