"""What the SPARQL endpoint can do, in its own terms (SPARQL 1.1 Service Description, W3C 2013)."""

from fastapi import Request
from fastapi.responses import Response

from nhm_graph.graph import PREFIXES, Graph
from nhm_graph.rdf.formats import TURTLE, data_format_for_media_type
from nhm_graph.rdf.reading import read_bytes
from nhm_graph.rdf.terms import to_sparql, typed_term
from nhm_graph.store.base import WritableStore
from nhm_graph.store.readers.evaluation import GRAPHS
from nhm_graph.store.rows import rows
from nhm_graph.store.serving import document_bytes
from nhm_graph.web.conditional import etag, is_known, not_modified
from nhm_graph.web.methods import address_of
from nhm_graph.web.pages.sparql_form import FIRST_QUERY, sparql_page
from nhm_graph.web.reader import graph_of, wanted

_PAGE = "text/html"
_VARY = "Accept, Accept-Language"
_SIZE = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_SIZES = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_PREFIXES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "fmt": "http://www.w3.org/ns/formats/",
    "void": "http://rdfs.org/ns/void#",
    "dct": PREFIXES["dct"],
    "xsd": PREFIXES["xsd"],
}
_LONGEST = 1_000_000_000
# No BasicFederatedQuery: SERVICE is refused.
_SERVICE = """
<{endpoint}#service> a sd:Service ;
  sd:endpoint <{endpoint}> ;
  dct:title "nhm_graph"@en ;
  sd:supportedLanguage {languages} ;
  sd:feature sd:UnionDefaultGraph , sd:EmptyGraphs ;
  sd:resultFormat fmt:SPARQL_Results_JSON , fmt:SPARQL_Results_XML , fmt:SPARQL_Results_CSV ,
    fmt:SPARQL_Results_TSV , fmt:Turtle , fmt:N-Triples , fmt:JSON-LD , fmt:RDF_XML , fmt:TriG ,
    fmt:N-Quads ;
  sd:inputFormat fmt:Turtle , fmt:N-Triples , fmt:JSON-LD , fmt:RDF_XML , fmt:TriG , fmt:N-Quads ;
  sd:availableGraphs <{endpoint}#graphs> ;
  sd:defaultDataset <{endpoint}#dataset> .
<{endpoint}#graphs> a sd:GraphCollection .
<{endpoint}#dataset> a sd:Dataset , sd:GraphCollection ;
  sd:defaultGraph <{endpoint}#default> .
<{endpoint}#default> a sd:Graph ; void:triples {triples} .
"""
_GRAPH = """
<{endpoint}#graphs> sd:namedGraph <{endpoint}#graph-{number}> .
<{endpoint}#dataset> sd:namedGraph <{endpoint}#graph-{number}> .
<{endpoint}#graph-{number}> a sd:NamedGraph ; sd:name {name} ;
  sd:graph <{endpoint}#content-{number}> .
<{endpoint}#content-{number}> a sd:Graph ; void:triples {triples} .
"""


def describe(request: Request) -> Response:
    """The description in the format that Accept asks for; for a browser a page with a form."""
    media_type = wanted(request, (*GRAPHS, _PAGE))
    if media_type == _PAGE:
        return sparql_page(request, FIRST_QUERY)
    graph = graph_of(request)
    endpoint = address_of(request, "/sparql")
    headers = {"Vary": _VARY, "Cache-Control": "no-cache"}
    if isinstance(graph.store, WritableStore):
        headers["ETag"] = etag(graph.store.state(), endpoint, media_type)
        if is_known(request, headers["ETag"]):
            return not_modified(headers["ETag"], _VARY)
    document = read_bytes(_turtle(graph, endpoint).encode(), TURTLE, "service.ttl", _LONGEST)
    content = document_bytes(document, data_format_for_media_type(media_type), _PREFIXES)
    return Response(content, media_type=media_type, headers=headers)


def _turtle(graph: Graph, endpoint: str) -> str:
    languages = ["sd:SPARQL10Query", "sd:SPARQL11Query"]
    if graph.settings.admin_token and isinstance(graph.store, WritableStore):
        languages.append("sd:SPARQL11Update")
    sizes = [(str(name), int(str(size))) for name, size in rows(graph.store.query(_SIZES))]
    written = [f"@prefix {prefix}: <{name}> ." for prefix, name in _PREFIXES.items()]
    written.append(
        _SERVICE.format(
            endpoint=endpoint,
            languages=" , ".join(languages),
            triples=next(rows(graph.store.query(_SIZE)))[0],
        )
    )
    for number, (name, size) in enumerate(sizes, 1):
        named = to_sparql(typed_term("iri", name))
        written.append(_GRAPH.format(endpoint=endpoint, number=number, name=named, triples=size))
    return "\n".join(written)
