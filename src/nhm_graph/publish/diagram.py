"""A diagram of the classes of one module, as SVG that needs nothing else.

Each class is a box that lists its properties and where they lead; a line joins a property with
its class where that stands further right. What the picture says, the page also says in words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from nhm_graph.language import Language
from nhm_graph.publish.terms import OntologyTerm

_WIDTH, _HEAD, _ROW = 290, 32, 19
_GAP_X, _GAP_Y, _MARGIN = 70, 22, 16
_COLUMNS = 3
# What every property could lead to says nothing in a picture.
_LITERALS = "http://www.w3.org/2001/XMLSchema#"
_CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"


@dataclass(frozen=True, slots=True)
class _Box:
    iri: str
    label: str
    own: bool
    rows: tuple[tuple[str, str, str], ...]
    x: int
    y: int

    @property
    def height(self) -> int:
        return _HEAD + (_ROW * len(self.rows) + 8 if self.rows else 0)


def diagram(
    classes: Sequence[OntologyTerm],
    properties: Sequence[OntologyTerm],
    names: Callable[[str], str],
    title: str,
) -> str:
    """The SVG text; empty where the module has no class.

    `names` says what a class is called, those of other modules and vocabularies included.
    """
    own = {each.iri: each for each in classes}
    links: dict[str, list[tuple[str, str]]] = {iri: [] for iri in own}
    for each in properties:
        if not each.domain or not each.range or not {each.domain, each.range} & set(own):
            continue
        if not each.range.startswith(_LITERALS) and each.range != _CONCEPT:
            links.setdefault(each.domain, []).append((each.name, each.range))
            links.setdefault(each.range, [])
    for iri, each in own.items():
        links[iri] += [("⊂", parent) for parent in each.parents if parent in own]
    boxes = _placed(set(own), links, names)
    if not boxes:
        return ""
    width = max(box.x for box in boxes.values()) + _WIDTH + _MARGIN
    height = max(box.y + box.height for box in boxes.values()) + _MARGIN
    drawn = "".join([*_lines(boxes), *map(_drawn, boxes.values())])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )


def _placed(
    own: set[str], links: dict[str, list[tuple[str, str]]], names: Callable[[str], str]
) -> dict[str, _Box]:
    columns = dict.fromkeys(sorted(links), 0)
    # As many rounds as there are columns: a circle of properties must not go on for ever.
    for _ in range(_COLUMNS):
        for start, ends in links.items():
            for _name, end in ends:
                if start != end and columns[end] <= columns[start] < _COLUMNS - 1:
                    columns[end] = columns[start] + 1
    below = dict.fromkeys(range(_COLUMNS), _MARGIN)
    boxes = {}
    for iri in sorted(columns, key=lambda each: (columns[each], -len(links[each]), each)):
        column = columns[iri]
        rows = tuple((name, names(end), end) for name, end in sorted(links[iri]))
        x = _MARGIN + column * (_WIDTH + _GAP_X)
        boxes[iri] = _Box(iri, names(iri), iri in own, rows, x, below[column])
        below[column] += boxes[iri].height + _GAP_Y
    return boxes


def _drawn(box: _Box) -> str:
    kind = "box" if box.own else "box other"
    head = (
        f'<rect x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{box.height}" rx="6" '
        f'class="{kind}"/><text x="{box.x + 12}" y="{box.y + 21}" class="head">'
        f"{escape(box.label)}</text>"
    )
    rows = "".join(
        f'<text x="{box.x + 12}" y="{_middle(box, number) + 4}" class="name">'
        f"{escape(name)} → {escape(label)}</text>"
        for number, (name, label, _end) in enumerate(box.rows)
    )
    return f'<a href="#{escape(box.iri.rpartition("#")[2])}">{head}</a>{rows}'


def _lines(boxes: dict[str, _Box]) -> Iterator[str]:
    for box in boxes.values():
        for number, (_name, _label, end) in enumerate(box.rows):
            target = boxes[end]
            if target.x > box.x:
                x1, y1 = box.x + _WIDTH, _middle(box, number)
                x2, y2 = target.x, target.y + _HEAD // 2
                bend = x2 - _GAP_X // 2
                yield (
                    f'<path d="M{x1} {y1}H{x2 - _GAP_X}C{bend} {y1} {bend} {y2} {x2} {y2}" '
                    'class="link"/>'
                )


def _middle(box: _Box, number: int) -> int:
    return box.y + _HEAD + _ROW * number + _ROW // 2


def link_sentences(
    properties: Sequence[OntologyTerm], known: dict[str, OntologyTerm], language: Language
) -> Iterator[str]:
    """What the diagram says, in words: one line for each property that links two classes."""
    for each in properties:
        if each.domain in known and each.range in known:
            start, end = known[each.domain].label, known[each.range].label
            yield f"{start.in_(language)} – {each.label.in_(language)} → {end.in_(language)}"
