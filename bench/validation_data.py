"""What the bench of validation checks: synthetic cities as one file of N-Triples, and all rules.

As in the product, the vocabulary and the hierarchy of classes are part of the data, and the day of
the run stands in it. Every engine reads the same two files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

import damage
import stores
import validation_city
from nhm_graph.catalog.files import find_data_files

DAY = "2026-11-22"
SEED = 2026
EACH = 10
_RUN = ox.NamedNode("https://w3id.org/nhm/validation")
_STATED = ox.NamedNode("https://w3id.org/nhm/ns#validationDate")
_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")


@dataclass(frozen=True, slots=True)
class Case:
    """Data and shapes of one comparison, and the results that must be among those found.

    `vocabulary`: how many of the triples are not about any city.
    """

    name: str
    data: Path
    shapes: Path
    triples: int
    vocabulary: int
    expected: frozenset[damage.Result]


def write_case(name: str, folder: Path, cities: int, seeded: bool) -> Case:
    """Writes cities 1 to n with the vocabulary; if seeded, the first one has the mistakes."""
    data = ox.Store()
    for path in vocabulary():
        add_file(data, path)
    shared = len(data)
    data.add(ox.Quad(_RUN, _STATED, ox.Literal(DAY, datatype=_DATE)))
    add_city(data, 1)
    expected = damage.damage(data, EACH, SEED) if seeded else []
    for number in range(2, cities + 1):
        add_city(data, number)
    # Sorted, because the order in which triples are read is part of what is measured.
    lines = sorted(str(ox.Triple(*quad.triple)) for quad in data)
    stem = f"{cities}-{'seeded' if seeded else 'sound'}"
    path = folder / f"{stem}.nt"
    path.write_text(" .\n".join(lines) + " .\n", encoding="utf-8", newline="\n")
    return Case(name, path, write_shapes(folder), len(lines), shared, frozenset(expected))


def write_shapes(folder: Path) -> Path:
    """All rules in one Turtle file, put together as the README does it with `cat`."""
    path = folder / "shapes.ttl"
    path.write_bytes(b"\n".join(each.read_bytes() for each in find_data_files().shapes()))
    return path


def vocabulary() -> Iterable[Path]:
    """The files that are checked together with every city: ontology, lists, SDGs, hierarchy."""
    files = find_data_files()
    return [*files.ontology(), *(path for path in files.shapes() if path.stem == "hierarchy")]


def add_city(data: ox.Store, number: int) -> None:
    """Adds one synthetic city to the default graph, with the graph that only this bench has."""
    for path in stores.city_files(number):
        add_file(data, path)
    text = validation_city.beside(number).text()
    data.extend(
        ox.Quad(*quad.triple) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    )


def add_file(data: ox.Store, path: Path) -> None:
    """Adds what a Turtle file says to the default graph."""
    data.extend(
        ox.Quad(*quad.triple) for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    )
