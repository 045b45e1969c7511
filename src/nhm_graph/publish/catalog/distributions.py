"""The distributions of a dataset: the files in which it can be fetched."""

from collections.abc import Sequence

from nhm_graph.language import Text
from nhm_graph.publish.catalog.datasets import Dataset, File
from nhm_graph.publish.catalog.profile import MEDIA_TYPES, Profile
from nhm_graph.publish.catalog.vocabulary import Entries, Site, full, iri
from nhm_graph.rdf.formats import JSON_LD, RDF_XML, TURTLE
from nhm_graph.rdf.statements import literal
from nhm_graph.rdf.terms import XSD

# The formats in which the page about a thing gives its data.
_DOCUMENTS = (TURTLE, JSON_LD, RDF_XML)


def add_files(
    entries: Entries, dataset: Dataset, files: Sequence[File], site: Site, profile: Profile
) -> None:
    """A distribution for each file of a dataset, with size and checksum where they are known.

    >>> from nhm_graph.publish.catalog.profile import read_profile
    >>> from nhm_graph.settings import Settings
    >>> entries = Entries()
    >>> add_files(entries, None, [], Site.of(Settings()), read_profile())  # nothing to list
    >>> entries.statements
    []
    """
    for file in files:
        me = f"{dataset.iri}#{file.name}"
        _distribution(entries, me, dataset, file.label, file.media_type, site, profile)
        entries.link(me, "dcat:downloadURL", [site.url(file.path)])
        for name, media_type in (
            ("dcat:compressFormat", file.compressed),
            ("dcat:packageFormat", file.packed),
        ):
            entries.link(me, name, [MEDIA_TYPES + media_type if media_type else None])
        if file.size is not None:
            size = literal(str(file.size), XSD("nonNegativeInteger"))
            entries.add(me, "dcat:byteSize", size)
        if file.sha256 is not None:
            _checksum(entries, me, file.sha256)


def add_documents(entries: Entries, dataset: Dataset, site: Site, profile: Profile) -> None:
    """A distribution for each format in which the page about a thing gives its data."""
    page = site.page(dataset.iri.partition("#")[0])
    for form in _DOCUMENTS if page else ():
        me = f"{dataset.iri}-{form.suffix[1:]}"
        label = Text(de=form.label, en=form.label)
        _distribution(entries, me, dataset, label, form.media_type, site, profile)
        entries.link(me, "dcat:downloadURL", [f"{page}{form.suffix}"])


def _distribution(
    entries: Entries,
    me: str,
    dataset: Dataset,
    label: Text,
    media_type: str,
    site: Site,
    profile: Profile,
) -> None:
    entries.add(dataset.iri, "dcat:distribution", iri(me))
    entries.kind(me, "dcat:Distribution")
    title = Text(de="{title} ({label})", en="{title} ({label})")
    entries.text(me, "dct:title", title.format(title=dataset.title, label=label))
    entries.link(me, "dcat:mediaType", [MEDIA_TYPES + media_type])
    entries.link(me, "dct:format", [profile.file_type(media_type)])
    licence = profile.licence(dataset.licence) or dataset.licence
    entries.link(me, "dct:license", [licence])
    if licence and ("-by" in licence or "/by" in licence):
        by = literal(site.settings.publisher_name)
        entries.add(me, "dcatde:licenseAttributionByText", by)
    entries.day(me, "dct:issued", dataset.issued)
    entries.day(me, "dct:modified", dataset.modified)
    page = site.page(dataset.iri.partition("#")[0]) or site.url("/catalog")
    entries.link(me, "dcat:accessURL", [page])


def _checksum(entries: Entries, distribution: str, sha256: str) -> None:
    me = f"{distribution}-checksum"
    entries.add(distribution, "spdx:checksum", iri(me))
    entries.kind(me, "spdx:Checksum")
    entries.add(me, "spdx:algorithm", iri(full("spdx:checksumAlgorithm_sha256")))
    entries.kind(full("spdx:checksumAlgorithm_sha256"), "spdx:ChecksumAlgorithm")
    entries.add(me, "spdx:checksumValue", literal(sha256, XSD("hexBinary")))
