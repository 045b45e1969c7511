"""The page about a thing: one layout for all, driven by the ontology, with blocks for some kinds.

A kind that deserves more has a template `resource/{LocalName}.html`, found by its file name; what
such a block shows it asks a named question for (`asked`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from fastapi import Request

from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.graph import Answer, Bound, City, Graph
from nhm_graph.language import Language, Text
from nhm_graph.publish.description import Describer, Description
from nhm_graph.publish.description_chart import Point, line_chart
from nhm_graph.publish.description_view import laid_out
from nhm_graph.publish.description_words import Value, Words
from nhm_graph.publish.usage import Usage
from nhm_graph.rdf.terms import DCT, NHM, SKOS, to_sparql, typed_term
from nhm_graph.store.rows import rows
from nhm_graph.web.pages.data_blocks import block_about
from nhm_graph.web.pages.rendering import page
from nhm_graph.web.pages.resource_dataset import contents
from nhm_graph.web.reader import graph_of, language_of
from nhm_graph.web.representations import GRAPHS

_TEMPLATES = Path(__file__).parents[1] / "templates" / "resource"
_WAY_UP = "way-up"
_LISTS, _LISTS_AT = Text(de="Listen", en="Lists"), "/voc"
_WIDER = (SKOS("inScheme").value, SKOS("broader").value)
_CITY = "city"


@dataclass(frozen=True, slots=True)
class Origin:
    """A graph that speaks of a thing: its name, its page, licence and day."""

    thing: Value
    licence: Value | None
    modified: str | None
    description: str | None


def resource_page(
    request: Request,
    describer: Describer,
    description: Description,
    address: str,
    used: Mapping[str, Usage],
) -> bytes:
    """The page about a thing; `used` says which question asks for what."""
    graph, language = graph_of(request), language_of(request)
    words = Words(description, describer.vocabulary, describer.addresses, language)
    city = _city_of(request, description)
    response = page(
        request,
        "resource.html",
        thing=description,
        view=laid_out(description, words),
        city=city,
        crumbs=_crumbs(graph, description, words, city),
        origins=[_origin(each, description, words) for each in description.graphs],
        questions=(asked := _questions(graph, describer, description, city)),
        more_questions=_more_questions(graph, describer, description, city, used, asked),
        document=address,
        own={_CITY: city.slug} if city and description.shared else {},
        dataset=contents(graph, describer, description, language),
        formats=GRAPHS,
        block=_block(describer, description),
        asked=lambda name, **given: graph.ask(name, given, language),
        row_of=lambda answer, row: dict(zip((c.name for c in answer.columns), row, strict=True)),
        page_of=describer.addresses.page,
        chart=lambda answer, title: _chart(answer, title, language),
        cities=graph.cities(language) if description.shared else [],
        localized=lambda path: localized(path, language),
        fictional=description.fictional or bool(city and city.fictional),
        data=block_about(request, description.iri),
    )
    return bytes(response.body)


def localized(path: str, language: Language) -> str:
    """A path of this service with the language; other addresses as they are.

    >>> localized("/ns#Goal", "en"), localized("https://example.org/", "en")
    ('/ns?lang=en#Goal', 'https://example.org/')
    """
    if not path.startswith("/"):
        return path
    start, hash_, fragment = path.partition("#")
    return f"{start}{'&' if '?' in start else '?'}lang={language}{hash_}{fragment}"


def _city_of(request: Request, description: Description) -> City | None:
    """The municipality whose data it is; of what is shared, the one that the address names."""
    slug, iri = request.query_params.get(_CITY), description.city
    if description.shared:
        iri = None
    cities = graph_of(request).cities(language_of(request))
    return next(
        (each for each in cities if each.iri == iri or (not iri and each.slug == slug)), None
    )


def _crumbs(
    graph: Graph, description: Description, words: Words, city: City | None
) -> list[list[Value]]:
    """The way from the city down to the thing; a step may have several things in it."""
    iri = description.city
    if description.shared:
        return _shared_crumbs(description, words)
    if iri is None or iri == description.iri:
        return []
    steps = [[words.thing(iri)]]
    if city is None:
        return steps
    above = _asked(graph, _WAY_UP, words.language, {"city": iri, "measure": description.iri})
    places = {column.name: place for place, column in enumerate(above.columns)}
    levels: dict[object, list[Value]] = {}
    for row in above.rows:
        target = str(row[places["above"]])
        value = Value(str(row[places["aboveTitle"]]), words.home.page(target), iri=target)
        levels.setdefault(row[places["level"]], []).append(value)
    return steps + list(levels.values())


def _shared_crumbs(description: Description, words: Words) -> list[list[Value]]:
    """The way down the list that an entry stands in."""
    ends = [each.target for name in _WIDER for each in description.values(name) if each.target]
    steps = [[words.thing(each)] for each in dict.fromkeys(ends) if words.home.page(each)]
    page = words.home.page(description.iri) or ""
    if page.startswith(_LISTS_AT):
        steps.insert(0, [Value(_LISTS.in_(words.language), _LISTS_AT)])
    return steps


def _asked(graph: Graph, name: str, language: Language, given: dict[str, str]) -> Answer:
    """The answer to a named question about things named by IRI.

    Asked over all graphs: the things it begins with are bound, so that their neighbours are looked
    up and nothing is read for other cities, nor a view of this one made.
    """
    question = graph.question(name)
    values = {key: to_sparql(typed_term("iri", value)) for key, value in given.items()}
    if any(each.name == "lang" for each in question.parameters):
        values["lang"] = to_sparql(typed_term("language", language))
    text = question.bind(values)
    found = list(rows(graph.store.query(text)))
    return Answer(Bound(question, given, text, None, None), question.columns, found, [])


def _chart(answer: Answer, title: str, language: Language) -> str:
    """The line chart of an answer with definitionTitle, year, value, unit and kind."""
    places = {column.name: place for place, column in enumerate(answer.columns)}
    points, unit = [], ""
    for row in answer.rows:
        value, year = row[places["value"]], row[places["year"]]
        if isinstance(value, (int, Decimal)) and isinstance(year, int):
            target = "/comparator/" in str(row[places["kind"]])
            series = str(row[places["definitionTitle"]])
            points.append(Point(series, year, Decimal(value), target))
            unit = str(row[places["unit"]] or "")
    return line_chart(points, title, unit, language)


def _origin(iri: str, description: Description, words: Words) -> Origin:
    def one(name: str) -> Value | None:
        said = description.values(DCT(name).value, iri)
        own = [each for each in said if each.language in (None, words.language)]
        return words.value((own or said)[0]) if said else None

    about, modified = one("description"), one("modified") or one("issued")
    return Origin(
        words.thing(iri),
        one("license"),
        modified.text if modified else None,
        about.text if about else None,
    )


def _questions(
    graph: Graph, describer: Describer, description: Description, city: City | None
) -> list[tuple[NamedQuestion, dict[str, str]]]:
    """The questions that can be asked about a thing of this kind, with what they need."""
    classes = describer.vocabulary.classes(description.types)
    found = []
    for question in graph.questions.values():
        names = {each.name for each in question.parameters}
        fitting = [each for each in question.parameters if each.cls in classes and each.cls]
        if not fitting or (_CITY in names and city is None and not description.shared):
            continue
        key = fitting[0].key
        own = description.first(key) if key else None
        given = {fitting[0].name: own or description.iri.rstrip("/").rpartition("/")[2]}
        if city is not None and _CITY in names:
            given[_CITY] = city.slug
        found.append((question, given))
    return found


def _more_questions(
    graph: Graph,
    describer: Describer,
    description: Description,
    city: City | None,
    used: Mapping[str, Usage],
    shown: Sequence[tuple[NamedQuestion, dict[str, str]]],
) -> list[tuple[NamedQuestion, dict[str, str]]]:
    """The questions about the whole municipality that read things of this kind."""
    if city is None:
        return []
    classes = describer.vocabulary.classes(description.types)
    names = {each.removeprefix(str(NHM)) for each in classes if each.startswith(str(NHM))}
    reading = {each for name in names if name in used for each in used[name].questions}
    reading -= {question.name for question, _ in shown}
    return [
        (question, {_CITY: city.slug})
        for question in graph.questions.values()
        if question.name in reading
        and {each.name for each in question.parameters if each.required} <= {_CITY}
    ]


def _block(describer: Describer, description: Description) -> str | None:
    """The template of the block for this kind of thing: of its own class, else of a wider one."""
    blocks = _blocks()
    nearest = [each.iri for each in describer.vocabulary.nearest(description.types)]
    wider = sorted(describer.vocabulary.classes(description.types))
    for iri in (*nearest, *wider):
        name = iri.rpartition("#")[2].rpartition("/")[2]
        if name in blocks:
            return f"resource/{name}.html"
    return None


@cache
def _blocks() -> frozenset[str]:
    return frozenset(each.stem for each in _TEMPLATES.glob("*.html"))
