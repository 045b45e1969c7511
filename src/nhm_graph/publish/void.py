"""The datasets and their numbers as VoID (W3C Interest Group Note, 2011), for /.well-known/void."""

from collections.abc import Sequence
from hashlib import sha256

from nhm_graph.graph import Graph
from nhm_graph.language import Text
from nhm_graph.publish.catalog.counts import Count, Counter, add_counts
from nhm_graph.publish.catalog.datasets import Dataset, File, Files, read_holdings
from nhm_graph.publish.catalog.dcat import catalogue_iri
from nhm_graph.publish.catalog.vocabulary import Entries, Site, iri
from nhm_graph.rdf.formats import DATA_FORMATS
from nhm_graph.rdf.statements import Statement, literal
from nhm_graph.rdf.terms import XSD

_RDF = {each.media_type for each in DATA_FORMATS}
_DOCUMENT = Text(de="Beschreibung der Datensätze", en="Description of the datasets")
_TITLE = Text(de="Alle Datensätze", en="All datasets")


def void(
    graph: Graph,
    site: Site,
    files: Files,
    *,
    whole: File | None = None,
    fictional: bool = False,
    counter: Counter | None = None,
) -> list[Statement]:
    """The description of all datasets; `whole` is the file in which all can be fetched at once.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings(examples=False))
    >>> said = void(graph, Site.of(graph.settings), lambda iri: [])
    >>> [each.object.value for each in said if each.predicate.endswith("#triples")]
    ['0']
    """
    entries = Entries()
    counter = counter or Counter(graph)
    datasets = read_holdings(graph, fictional=fictional).datasets
    counts = {each.iri: counter.of(each.iri) for each in datasets}
    counter.keep_only(list(counts))
    document, me = f"{site.home}.well-known/void", f"{catalogue_iri(site)}#all"
    entries.kind(document, "void:DatasetDescription")
    entries.add(document, "foaf:primaryTopic", iri(me))
    entries.text(document, "dct:title", _DOCUMENT)
    entries.link(document, "dct:publisher", [site.settings.publisher_iri])
    _whole(entries, me, datasets, list(counts.values()), site)
    if whole is not None:
        entries.add(me, "void:dataDump", iri(site.url(whole.path)))
    for each in datasets:
        _dataset(entries, each, counts[each.iri], files(each.iri), site)
    return entries.statements


def _whole(
    entries: Entries, me: str, datasets: Sequence[Dataset], counts: Sequence[Count], site: Site
) -> None:
    entries.kind(me, "void:Dataset")
    entries.text(me, "dct:title", _TITLE)
    # Each triple stands in one graph, so they add up. Things and terms do not: several have them.
    triples = sum(each.triples for each in counts)
    entries.add(me, "void:triples", literal(str(triples), XSD("integer")))
    entries.add(me, "void:sparqlEndpoint", iri(site.url("/sparql")))
    entries.link(me, "foaf:homepage", [site.url("/catalog")])
    for base in site.addresses.bases:
        entries.add(me, "void:uriSpace", literal(f"{base}id/"))
    example = next((each.example for each in counts if each.example), None)
    if example:
        entries.add(me, "void:exampleResource", iri(example))
    for vocabulary in sorted({name for each in counts for name in each.vocabularies}):
        entries.add(me, "void:vocabulary", iri(vocabulary))
    for dataset in datasets:
        entries.add(me, "void:subset", iri(dataset.iri))


def _dataset(
    entries: Entries, dataset: Dataset, count: Count, files: Sequence[File], site: Site
) -> None:
    me = dataset.iri
    add_counts(entries, me, count, site)
    entries.text(me, "dct:title", dataset.title)
    entries.text(me, "dct:description", dataset.description)
    entries.link(me, "dct:license", [dataset.licence])
    entries.day(me, "dct:modified", dataset.modified)
    for file in files:
        if file.media_type in _RDF:
            entries.add(me, "void:dataDump", iri(site.url(file.path)))
    for name, things in sorted(count.classes.items()):
        part = f"{me}#class-{sha256(name.encode()).hexdigest()[:12]}"
        entries.add(me, "void:classPartition", iri(part))
        entries.add(part, "void:class", iri(name))
        entries.add(part, "void:entities", literal(str(things), XSD("integer")))
