"""The catalogue of the data: DCAT-AP.de 3.0, made from what the data says about itself."""

from nhm_graph.publish.catalog.datasets import Dataset, File, Holdings, read_holdings
from nhm_graph.publish.catalog.dcat import catalogue, catalogue_iri
from nhm_graph.publish.catalog.vocabulary import PREFIXES, Site

__all__ = [
    "PREFIXES",
    "Dataset",
    "File",
    "Holdings",
    "Site",
    "catalogue",
    "catalogue_iri",
    "read_holdings",
]
