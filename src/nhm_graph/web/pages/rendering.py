"""How a page is made: templates, words of the reader's language, addresses, values as text."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from nhm_graph import __version__
from nhm_graph.catalog.questions import SUBJECTS, NamedQuestion, shown
from nhm_graph.language import LANGUAGES, Language, Text
from nhm_graph.publish.addresses import Addresses
from nhm_graph.store.rows import Value
from nhm_graph.web.pages.days import time_text
from nhm_graph.web.pages.navigation import navigation
from nhm_graph.web.reader import graph_of, language_of

_LINK_LENGTH = 48
_WEB = Path(__file__).parents[1]
_TEMPLATES = Environment(
    loader=FileSystemLoader(_WEB / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page from a template, in the reader's language."""
    graph, language = graph_of(request), language_of(request)
    text = _TEMPLATES.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        say=lambda de, en: de if language == "de" else en,
        words=lambda text: text.in_(language),
        cell=lambda value: _cell(value, language),
        choices=lambda parameter: graph.choices(parameter, language),
        address_text=_address_text,
        shown=shown,
        address=address,
        asset=asset,
        subjects=_by_subject(graph.questions.values(), language),
        here=request.url.path,
        parameters=dict(request.query_params),
        version=__version__,
        digests=graph.digests,
        settings=graph.settings,
        navigation=navigation(request, graph, language, values.get("chosen")),
        thing_page=Addresses.read(graph.settings.base_iris).page,
        day=lambda text: time_text(text, language),
        **values,
    )
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": language}
    return HTMLResponse(text, status_code=status, headers=headers)


@cache
def asset(name: str) -> str:
    """The address of a built file of the pages. Its digest in the name lets it be kept for ever."""
    built = json.loads((_WEB / "static" / "dist" / "manifest.json").read_text("utf-8"))
    return f"/static/dist/{built[name]}"


def _by_subject(
    questions: Iterable[NamedQuestion], language: Language
) -> list[tuple[str, list[NamedQuestion]]]:
    order = list(SUBJECTS)
    listed = sorted(questions, key=lambda each: (_rank(each.subject, order), each.name))
    return [
        (SUBJECTS[subject].in_(language) if subject in SUBJECTS else subject, list(group))
        for subject, group in groupby(listed, key=lambda each: each.subject)
    ]


def _rank(subject: str, order: list[str]) -> int:
    return order.index(subject) if subject in order else len(order)


def address(path: str, *parts: Mapping[str, str], **more: str) -> str:
    """A path with its parameters; those without a value are left out.

    >>> address("/", {"city": "musterstadt"}, lang="")
    '/?city=musterstadt'
    >>> address("/ns#Goal", lang="de")
    '/ns?lang=de#Goal'
    """
    given = {key: value for part in (*parts, more) for key, value in part.items() if value}
    path, mark, place = path.partition("#")
    return f"{path}?{urlencode(given)}{mark}{place}" if given else f"{path}{mark}{place}"


def _address_text(address: str) -> str:
    """An address as people recognise it: host, and the ends of a long path."""
    text = address.partition("://")[2].removeprefix("www.").rstrip("/")
    return text if len(text) <= _LINK_LENGTH else f"{text[:30]}…{text[-16:]}"


def _cell(value: Value, language: Language) -> str:
    """A value as people write it: a decimal comma in German, words for yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        words = Text(de="ja", en="yes") if value else Text(de="nein", en="no")
        return words.in_(language)
    if isinstance(value, int):
        grouped = f"{value:,}"
        return grouped.replace(",", ".") if language == "de" else grouped
    text = str(value)
    return text.replace(".", ",") if language == "de" and not isinstance(value, str) else text
