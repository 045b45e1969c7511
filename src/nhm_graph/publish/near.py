"""What was perhaps meant by an address that stands for nothing here."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from nhm_graph.language import Language
from nhm_graph.publish.addresses import HOUSE, SDG
from nhm_graph.publish.description import LABELS, MUNICIPALITY, Describer
from nhm_graph.rdf.terms import RDF, to_sparql, typed_term

_MOST = 5
_LIKE = 0.5


@dataclass(frozen=True, slots=True)
class Near:
    """A thing that was perhaps meant."""

    iri: str
    label: str
    page: str


def near(describer: Describer, candidates: Iterable[str], language: Language) -> list[Near]:
    """Things of the same city whose key or name is like the end of an address, likest first.

    Where there is no such city, the cities whose short name is like the one given. For lists and
    SDGs, those whose key is like it.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> describer = Describer(open_graph(Settings(examples=False)))
    >>> near(describer, ["https://e/id/x"], "de")
    []
    >>> near(describer, ["https://w3id.org/nhm/voc/coverage/nonne"], "en")[0].label
    'none'
    """
    found: dict[str, Near] = {}
    for iri in candidates:
        for each, label in _meant(describer, iri, language):
            page = describer.addresses.page(each)
            if page and len(found) < _MOST:
                found.setdefault(each, Near(each, label, page))
    return list(found.values())


def _meant(describer: Describer, iri: str, language: Language) -> Iterator[tuple[str, str]]:
    """The things that an IRI may have been meant for, with their names."""
    base = next((each for each in describer.addresses.bases if iri.startswith(each)), None)
    slug = ""
    if base is not None:
        folder = "graph/" if iri.startswith(f"{base}graph/") else "id/"
        slug, _, rest = iri.removeprefix(base + folder).strip("/").partition("/")
        things = _things(describer, _graphs_of(describer, f"{base}id/{slug}"), language)
        things = things if rest else {}
    elif iri.startswith((HOUSE, SDG)):
        things = _things(describer, describer.shared_graphs, language)
    else:
        return
    kind = iri.rstrip("/").rpartition("/")[0] + "/"
    same = {each: label for each, label in things.items() if each.startswith(kind)}
    for each in (*_alike(iri, same), *_alike(iri, things)):
        yield each, things[each]
    if slug:
        names = {each.slug: (each.iri, each.name) for each in describer.graph.cities(language)}
        for each in difflib.get_close_matches(slug, names, _MOST, 0.7):
            yield names[each]


def _graphs_of(describer: Describer, city: str) -> list[str]:
    try:
        named = to_sparql(typed_term("iri", city))
    except ValueError:
        return []
    rows = describer.graph.store.query(
        f"SELECT ?g {{ GRAPH ?g {{ ?g <{MUNICIPALITY}> {named} }} }}"
    )
    return [row[0].value for row in rows]  # type: ignore[union-attr]


def _things(describer: Describer, graphs: Iterable[str], language: Language) -> dict[str, str]:
    """The things in some graphs that have a name, with the name in the reader's language."""
    labels = " ".join(f"<{each}>" for each in LABELS)
    found: dict[str, str] = {}
    for graph in graphs:
        named = to_sparql(typed_term("iri", graph))
        rows = describer.graph.store.query(
            f"SELECT ?s ?l {{ GRAPH {named} {{ VALUES ?p {{ {labels} }} ?s ?p ?l ; "
            f"<{RDF('type').value}> ?t }} }}"
        )
        for subject, label in rows:  # type: ignore[union-attr]
            if hasattr(subject, "value") and (
                subject.value not in found or getattr(label, "language", None) == language
            ):
                found[subject.value] = label.value
    return found


def _alike(iri: str, things: dict[str, str]) -> list[str]:
    """The things whose key is like the end of the address, then those whose name is."""
    wanted = _key(iri)
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    for each, label in things.items():
        keys.setdefault(_key(each), each)
        names.setdefault(label.casefold(), each)
    close = [keys[each] for each in difflib.get_close_matches(wanted, keys, _MOST, _LIKE)]
    words = wanted.replace("-", " ").replace("_", " ")
    close += [
        names[each]
        for each in names
        if words in each or difflib.SequenceMatcher(None, words, each).quick_ratio() > 0.9
    ]
    return list(dict.fromkeys(close))


def _key(iri: str) -> str:
    return unquote(iri.rstrip("/").rpartition("/")[2]).casefold()
