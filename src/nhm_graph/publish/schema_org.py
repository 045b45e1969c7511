"""What search engines read in a page: catalogue, dataset and municipality as schema.org JSON-LD.

The vocabulary is https://schema.org/. A block of data in a page is not run as a script, and the
content security policy of the pages does not concern it (HTML, 4.12.1).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from markupsafe import Markup

from nhm_graph.language import Language
from nhm_graph.publish.catalog import Dataset, File, Holdings, Site, catalogue_iri
from nhm_graph.publish.catalog.dcat import ABOUT, TITLE
from nhm_graph.publish.catalog.profile import read_profile

Block: TypeAlias = dict[str, Any]

_CONTEXT = "https://schema.org/"


def data_block(value: Mapping[str, Any]) -> Markup:
    """The data as it stands in a script element: nothing in it can end the element.

    >>> data_block({"name": "</script> & Co"})
    Markup('{"name": "\\\\u003c/script\\\\u003e \\\\u0026 Co"}')
    """
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def catalog_block(holdings: Holdings, site: Site, language: Language) -> Block:
    """The catalogue with its datasets, for the page /catalog.

    >>> from nhm_graph.settings import Settings
    >>> catalog_block(Holdings([], []), Site.of(Settings()), "de")["@type"]
    'DataCatalog'
    """
    listed = [
        {
            "@type": "Dataset",
            "@id": each.iri,
            "name": each.title.in_(language),
            "description": (each.description or each.title).in_(language),
            "url": site.page(each.iri) or site.url("/catalog"),
            "license": each.licence,
            "creator": _publisher(site),
        }
        for each in holdings.datasets
    ]
    return {
        "@context": _CONTEXT,
        "@type": "DataCatalog",
        "@id": catalogue_iri(site),
        "name": TITLE.in_(language),
        "description": ABOUT.in_(language),
        "url": site.url("/catalog"),
        "inLanguage": ["de", "en"],
        "license": site.settings.catalogue_licence,
        "dateModified": holdings.modified,
        "publisher": _publisher(site),
        "dataset": [_without_gaps(each) for each in listed],
    }


def dataset_block(dataset: Dataset, files: Sequence[File], site: Site, language: Language) -> Block:
    """A dataset with its files, for the page about its graph."""
    words = [each.value for each in read_profile().keywords(dataset.kind) if _is(each, language)]
    block = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": dataset.iri,
        "identifier": dataset.iri,
        "name": dataset.title.in_(language),
        "description": (dataset.description or dataset.title).in_(language),
        "url": site.page(dataset.iri) or site.url("/catalog"),
        "license": dataset.licence,
        "isAccessibleForFree": True,
        "inLanguage": ["de", "en"],
        "datePublished": dataset.issued,
        "dateModified": dataset.modified,
        "keywords": words,
        "temporalCoverage": _period(dataset),
        "spatialCoverage": [_place(each.name, each.ags, each.ars) for each in dataset.places],
        "publisher": _publisher(site),
        "creator": _publisher(site),
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": catalogue_iri(site)},
        "distribution": [_download(each, site, language) for each in files],
    }
    return _without_gaps(block)


def city_block(iri: str, holdings: Holdings, site: Site, language: Language) -> Block:
    """A municipality with the datasets about it, for its page; empty where there are none."""
    own = [each for each in holdings.datasets if each.city == iri]
    if not own:
        return {}
    place = next((place for each in own for place in each.places), None)
    name = own[0].city_name.in_(language) if own[0].city_name else None
    about = _place(name, place.ags, place.ars) if place else {"@type": "City", "name": name}
    block = {
        "@context": _CONTEXT,
        **about,
        "@id": iri,
        "url": site.page(iri),
        "subjectOf": [
            {"@type": "Dataset", "@id": each.iri, "name": each.title.in_(language)}
            | {"description": (each.description or each.title).in_(language)}
            for each in own
        ],
    }
    return _without_gaps(block)


def _publisher(site: Site) -> Block:
    return {
        "@type": "Organization",
        "@id": site.settings.publisher_iri,
        "name": site.settings.publisher_name,
        "url": site.settings.publisher_homepage,
        "contactPoint": {
            "@type": "ContactPoint",
            "name": site.settings.contact_name,
            "url": site.contact_url,
        },
    }


def _place(name: str | None, ags: str, ars: str | None) -> Block:
    keys = {"AGS": ags, "ARS": ars}
    return _without_gaps(
        {
            "@type": "City",
            "name": name,
            "identifier": [
                {"@type": "PropertyValue", "propertyID": key, "value": value}
                for key, value in keys.items()
                if value
            ],
        }
    )


def _download(file: File, site: Site, language: Language) -> Block:
    return _without_gaps(
        {
            "@type": "DataDownload",
            "name": file.label.in_(language),
            "contentUrl": site.url(file.path),
            "encodingFormat": file.packed or file.media_type,
            "contentSize": f"{file.size} B" if file.size is not None else None,
            "sha256": file.sha256,
        }
    )


def _period(dataset: Dataset) -> str | None:
    if not dataset.start and not dataset.end:
        return None
    return f"{dataset.start or '..'}/{dataset.end or '..'}"


def _is(keyword: Any, language: Language) -> bool:
    return bool(getattr(keyword, "language", None) == language)


def _without_gaps(block: Mapping[str, Any]) -> Block:
    return {key: value for key, value in block.items() if value not in (None, [], "")}
