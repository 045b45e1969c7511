"""What a request says about its reader: language, and the formats wanted."""

from collections.abc import Sequence

from fastapi import Request

from nhm_graph.errors import NotAcceptable
from nhm_graph.graph import Graph
from nhm_graph.language import Language, Text, is_language, preferred_language
from nhm_graph.rdf.formats import negotiate


def graph_of(request: Request) -> Graph:
    """The graph that the app was built around."""
    graph: Graph = request.app.state.graph
    return graph


def language_of(request: Request) -> Language:
    """The language asked for: `lang` in the address, else Accept-Language, else the default."""
    named = request.query_params.get("lang", "")
    if is_language(named):
        return named
    default = graph_of(request).settings.language
    return preferred_language(request.headers.get("accept-language"), default)


def wanted(request: Request, offered: Sequence[str], suffix: str | None = None) -> str:
    """The media type to answer with. Raises NotAcceptable, which lists what there is."""
    return chosen(", ".join(request.headers.getlist("accept")) or None, offered, suffix)


def chosen(accept: str | None, offered: Sequence[str], suffix: str | None = None) -> str:
    """The media type that a field Accept, or a suffix, asks for. Raises NotAcceptable.

    >>> chosen("text/*", ["application/json", "text/csv"])
    'text/csv'
    """
    found = negotiate(accept, offered, suffix)
    if found is None:
        listed = ", ".join(offered)
        raise NotAcceptable(
            Text(
                de="Die Antwort gibt es in keinem der gewünschten Formate.",
                en="The answer exists in none of the formats asked for.",
            ),
            mend=Text(de=f"Es gibt: {listed}.", en=f"There is: {listed}."),
            extra={"offered": list(offered)},
        )
    return found
