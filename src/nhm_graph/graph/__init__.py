"""What a page, a route or a command asks for: the use cases, and what they speak of."""

from nhm_graph.graph.model import Answer, Bound, City, CityGraph
from nhm_graph.graph.use_cases import PREFIXES, Graph, open_graph

__all__ = ["PREFIXES", "Answer", "Bound", "City", "CityGraph", "Graph", "open_graph"]
