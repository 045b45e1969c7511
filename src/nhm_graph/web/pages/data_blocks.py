"""The block of schema.org data for the page about a thing; put into the page by `json_ld.html`."""

from fastapi import Request
from markupsafe import Markup

from nhm_graph.publish.catalog import Holdings, Site, read_holdings
from nhm_graph.publish.dumps import files_of
from nhm_graph.publish.schema_org import city_block, data_block, dataset_block
from nhm_graph.web.reader import graph_of, language_of


def block_about(request: Request, iri: str) -> Markup | None:
    """The data block for a dataset or municipality; None for other things and for fictional ones.

    Only its own graphs are asked, so that a page costs the same however many cities there are.
    """
    graph, language = graph_of(request), language_of(request)
    site = Site.of(graph.settings, str(request.base_url))
    known = graph.graphs("de")
    if any(each.iri == iri for each in known):
        held = _held(request, [iri])
        for dataset in held.datasets:
            return data_block(dataset_block(dataset, files_of(graph, iri), site, language))
        return None
    if any(each.iri == iri for each in graph.cities("de")):
        held = _held(request, [each.iri for each in known if each.city == iri])
        block = city_block(iri, held, site, language)
        return data_block(block) if block else None
    return None


def _held(request: Request, graphs: list[str]) -> Holdings:
    graph = graph_of(request)
    return read_holdings(graph, fictional=graph.settings.publish_fictional, only=graphs)
