"""The catalogue as DCAT-AP.de 3.0: catalogue, datasets, distributions, series, data service.

Specifications: DCAT-AP 3.0.0 and DCAT-AP.de 3.0. Nothing is a blank node and nothing names the time
of the run, so that the same data gives the same statements. Identifiers are the public IRIs of the
data; only accessURL, downloadURL, landing page and end point name the host.
"""

from collections.abc import Sequence
from dataclasses import replace

from nhm_graph.graph import Graph
from nhm_graph.language import Text
from nhm_graph.publish.catalog.counts import Counter, add_counts
from nhm_graph.publish.catalog.datasets import Dataset, Files, Holdings, Place, Version
from nhm_graph.publish.catalog.datasets import read_holdings as read
from nhm_graph.publish.catalog.distributions import add_documents, add_files
from nhm_graph.publish.catalog.profile import Profile, read_profile
from nhm_graph.publish.catalog.vocabulary import Entries, Site, iri
from nhm_graph.rdf.statements import Statement, literal, tagged
from nhm_graph.rdf.terms import typed_term

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
_LANGUAGES = (f"{_AUTHORITY}language/DEU", f"{_AUTHORITY}language/ENG")
_PUBLIC = f"{_AUTHORITY}access-right/PUBLIC"
_RULES = ("https://w3id.org/nhm/shapes", Text(de="Prüfregeln (SHACL)", en="Rules (SHACL)"))
TITLE = Text(
    de="Offene Daten zum kommunalen Nachhaltigkeitsmanagement",
    en="Open data on municipal sustainability management",
)
ABOUT = Text(
    de="Ziele, Maßnahmen, Zuständigkeiten, Beschlüsse und SDG-Bezüge von Kommunen als Graph.",
    en="Goals, measures, responsibilities, decisions and SDG links of municipalities as a graph.",
)
_PROVENANCE = Text(
    de="Aus veröffentlichten Quellen ({n}) zusammengestellt. Die Quelle steht bei jeder Angabe.",
    en="Compiled from published sources ({n}). Each statement names its source.",
)
_OWN = Text(
    de="Eigene Angaben und Einschätzungen der genannten Urheber.",
    en="Statements and assessments of the creators named here.",
)
_PART = Text(de="Auszug aus dem Datensatz „{whole}“.", en="Extract of the dataset “{whole}”.")
_VERSION_ABOUT = Text(
    de="Was zur Fassung „{version}“ des Programms „{plan}“ erfasst ist.",
    en="What is recorded of the version “{version}” of the plan “{plan}”.",
)
_SERIES_TITLE = Text(de="Fassungen: {plan}", en="Versions: {plan}")
_SERIES_ABOUT = Text(
    de="Die Fassungen des Programms „{plan}“, die älteste zuerst.",
    en="The versions of the plan “{plan}”, the oldest first.",
)
_SERVICE = Text(de="SPARQL-Schnittstelle", en="SPARQL endpoint")
_SERVICE_ABOUT = Text(
    de="Abfragen über alle Datensätze dieses Katalogs (SPARQL 1.1 Query, nur lesend).",
    en="Queries over all datasets of this catalogue (SPARQL 1.1 Query, reading only).",
)


def catalogue_iri(site: Site) -> str:
    """The IRI of the catalogue: it stays where the service moves.

    >>> from nhm_graph.settings import Settings
    >>> catalogue_iri(Site.of(Settings()))
    'https://w3id.org/nhm/examples/catalog'
    """
    return f"{site.home}catalog"


def catalogue(
    graph: Graph,
    site: Site,
    files: Files,
    *,
    fictional: bool = False,
    counter: Counter | None = None,
) -> list[Statement]:
    """All statements of the catalogue; `files` says in which files a graph can be fetched.

    A `counter` of the same graph knows what is counted already.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> graph = open_graph(Settings(examples=False))
    >>> said = catalogue(graph, Site.of(graph.settings), lambda iri: [])
    >>> {each.subject for each in said if each.predicate.endswith("#endpointURL")}
    {'https://w3id.org/nhm/examples/catalog#sparql'}
    """
    holdings, counter = read(graph, fictional=fictional), counter or Counter(graph)
    entries, profile = Entries(), read_profile()
    me = catalogue_iri(site)
    series = _series(entries, holdings, site, profile)
    for dataset in holdings.datasets:
        _dataset(entries, dataset, holdings, site, profile)
        sources = len(dataset.sources)
        _provenance(entries, dataset.iri, _PROVENANCE.format(n=sources) if sources else _OWN)
        add_files(entries, dataset, files(dataset.iri), site, profile)
        add_counts(entries, dataset.iri, counter.of(dataset.iri), site)
    listed = [each.iri for each in holdings.datasets] + series
    _service(entries, f"{me}#sparql", listed, site, profile)
    entries.kind(me, "dcat:Catalog")
    entries.add(me, "dct:identifier", literal(me))
    entries.text(me, "dct:title", TITLE)
    entries.text(me, "dct:description", ABOUT)
    entries.day(me, "dct:issued", holdings.issued)
    entries.day(me, "dct:modified", holdings.modified)
    entries.link(me, "dct:license", [site.settings.catalogue_licence])
    entries.link(me, "foaf:homepage", [site.url("/catalog")])
    entries.link(me, "dct:language", _LANGUAGES)
    entries.link(me, "dct:publisher", [site.settings.publisher_iri])
    entries.link(me, "dcat:dataset", listed)
    entries.link(me, "dcat:service", [f"{me}#sparql"])
    _places(entries, me, [place for each in holdings.datasets for place in each.places])
    _publisher(entries, site)
    return entries.statements


def _publisher(entries: Entries, site: Site) -> None:
    settings, contact = site.settings, f"{catalogue_iri(site)}#contact"
    publisher = settings.publisher_iri
    entries.kind(publisher, "foaf:Agent", "foaf:Organization")
    entries.add(publisher, "foaf:name", tagged(settings.publisher_name, "de"))
    entries.link(publisher, "foaf:homepage", [settings.publisher_homepage])
    entries.kind(contact, "vcard:Kind", "vcard:Organization")
    entries.add(contact, "vcard:fn", tagged(settings.contact_name, "de"))
    entries.add(contact, "vcard:hasURL", iri(site.contact_url))


def _dataset(
    entries: Entries, dataset: Dataset, holdings: Holdings, site: Site, profile: Profile
) -> None:
    me = dataset.iri
    _common(entries, me, "dcat:Dataset", dataset, site, profile)
    entries.add(me, "dct:identifier", literal(me))
    entries.link(me, "dct:creator", dataset.creators)
    for _, version, title in holdings.standards:
        entries.link(me, "dct:conformsTo", [version])
        entries.text(version, "dct:title", title)
    entries.link(me, "dct:conformsTo", [_RULES[0]])
    entries.text(_RULES[0], "dct:title", _RULES[1])
    entries.link(me, "prov:wasDerivedFrom", dataset.sources)
    if site.settings.contributor_id:
        entries.add(me, "dcatde:contributorID", iri(site.settings.contributor_id))
    if dataset.places:
        level = f"{_GEOCODING}Level/municipality"
        entries.add(me, "dcatde:politicalGeocodingLevelURI", iri(level))
    if dataset.fictional:
        entries.add(me, "nhm:fictional", typed_term("boolean", "true"))


def _provenance(entries: Entries, me: str, said: Text) -> None:
    statement = f"{me}-provenance" if "#" in me else f"{me}#provenance"
    entries.add(me, "dct:provenance", iri(statement))
    entries.kind(statement, "dct:ProvenanceStatement")
    entries.text(statement, "rdfs:label", said)


def _common(
    entries: Entries, me: str, kind: str, dataset: Dataset, site: Site, profile: Profile
) -> None:
    """What a dataset and a series of datasets have in common."""
    entries.kind(me, kind)
    entries.text(me, "dct:title", dataset.title)
    entries.text(me, "dct:description", dataset.description or dataset.title)
    entries.day(me, "dct:issued", dataset.issued)
    entries.day(me, "dct:modified", dataset.modified)
    entries.link(me, "dct:language", _LANGUAGES)
    entries.link(me, "dct:publisher", [site.settings.publisher_iri])
    entries.add(me, "dcat:contactPoint", iri(f"{catalogue_iri(site)}#contact"))
    entries.link(me, "dct:accessRights", [_PUBLIC])
    frequency = dataset.frequency or profile.frequency(dataset.months)
    entries.link(me, "dct:accrualPeriodicity", [frequency])
    entries.link(me, "dcat:landingPage", [_page(dataset, site)])
    entries.link(me, "dcat:theme", profile.themes(dataset.kind))
    for keyword in profile.keywords(dataset.kind):
        entries.add(me, "dcat:keyword", keyword)
    entries.text(me, "dcat:keyword", dataset.city_name)
    _places(entries, me, dataset.places)
    if dataset.start or dataset.end:
        period = f"{me}-period" if "#" in me else f"{me}#period"
        entries.add(me, "dct:temporal", iri(period))
        entries.kind(period, "dct:PeriodOfTime")
        entries.day(period, "dcat:startDate", dataset.start)
        entries.day(period, "dcat:endDate", dataset.end)


def _page(dataset: Dataset, site: Site) -> str:
    return site.page(dataset.iri.partition("#")[0]) or site.url("/catalog")


def _places(entries: Entries, me: str, places: Sequence[Place]) -> None:
    for place in places:
        keys = {"municipalityKey": place.ags, "regionalKey": place.ars}
        for name, key in keys.items():
            if key:
                there = f"{_GEOCODING}{name}/{key}"
                entries.link(me, "dct:spatial", [there])
                entries.add(there, "dct:identifier", literal(key))
                if place.name:
                    entries.add(there, "skos:prefLabel", tagged(place.name, "de"))


def _series(entries: Entries, holdings: Holdings, site: Site, profile: Profile) -> list[str]:
    """A series for each plan and a dataset for each of its versions; the IRIs of the latter."""
    graphs = {each.iri: each for each in holdings.datasets}
    plans: dict[str, list[Version]] = {}
    for version in holdings.versions:
        plans.setdefault(version.plan, []).append(version)
    members = []
    for plan, versions in sorted(plans.items()):
        series, parent = f"{plan}#series", graphs[versions[0].graph]
        title = versions[0].plan_title
        whole = replace(
            parent,
            iri=plan,
            title=_SERIES_TITLE.format(plan=title),
            description=_SERIES_ABOUT.format(plan=title),
            places=[place for each in versions[:1] if (place := each.place)] or parent.places,
            start=min((each.start for each in versions if each.start), default=None),
            end=max((each.end for each in versions if each.end), default=None),
        )
        _common(entries, series, "dcat:DatasetSeries", whole, site, profile)
        before: str | None = None
        for version in versions:
            own = _version(entries, version, graphs[version.graph], holdings, site)
            entries.link(own, "dcat:inSeries", [series])
            entries.link(own, "dcat:prev", [before])
            members.append(own)
            before = own
    return members


def _version(
    entries: Entries, version: Version, parent: Dataset, holdings: Holdings, site: Site
) -> str:
    own, has_period = f"{version.iri}#data", bool(version.start or version.end)
    described = replace(
        parent,
        iri=own,
        title=version.title,
        description=_VERSION_ABOUT.format(version=version.title, plan=version.plan_title),
        sources=[parent.iri],
        places=[version.place] if version.place else parent.places,
        start=version.start if has_period else parent.start,
        end=version.end if has_period else parent.end,
    )
    profile = read_profile()
    _dataset(entries, described, holdings, site, profile)
    _provenance(entries, own, _PART.format(whole=parent.title))
    if version.number:
        entries.add(own, "dcat:version", literal(version.number))
    add_documents(entries, described, site, profile)
    return own


def _service(entries: Entries, me: str, served: list[str], site: Site, profile: Profile) -> None:
    entries.kind(me, "dcat:DataService")
    entries.add(me, "dct:identifier", literal(me))
    entries.text(me, "dct:title", _SERVICE)
    entries.text(me, "dct:description", _SERVICE_ABOUT)
    entries.link(me, "dcat:endpointURL", [site.url("/sparql")])
    described = [site.url("/sparql"), site.url("/openapi.json")]
    entries.link(me, "dcat:endpointDescription", described)
    entries.link(me, "dcat:servesDataset", served)
    entries.link(me, "dct:conformsTo", ["https://www.w3.org/TR/sparql11-protocol/"])
    standard = Text(de="SPARQL 1.1 Protocol", en="SPARQL 1.1 Protocol")
    entries.text("https://www.w3.org/TR/sparql11-protocol/", "dct:title", standard)
    entries.link(me, "dct:license", [site.settings.catalogue_licence])
    entries.link(me, "dct:publisher", [site.settings.publisher_iri])
    entries.add(me, "dcat:contactPoint", iri(f"{catalogue_iri(site)}#contact"))
    entries.link(me, "dct:accessRights", [_PUBLIC])
    entries.link(me, "dcat:landingPage", [site.url("/docs")])
    entries.link(me, "dcat:theme", profile.themes(None))
    for keyword in profile.keywords(None):
        entries.add(me, "dcat:keyword", keyword)
