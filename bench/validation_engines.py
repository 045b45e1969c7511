"""The engines of the bench of validation behind one protocol, each asked for the same results.

Every engine reads the same N-Triples and the same Turtle. What it can do before it is asked to
validate (reading, planning) is its preparation and timed for itself; where an engine cannot
separate the two, reading is part of each validation, and the table says so.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from damage import Result

_SH = "http://www.w3.org/ns/shacl#"


class Absent(Exception):
    """An engine cannot be measured here; the text says what is missing and how to get it."""


class Engine(Protocol):
    """One engine that holds data and shapes once it is prepared.

    `grain` is what its results name: "component" (focus node, source shape, component), "shape"
    (focus node, top-level shape) or "focus". `reads` is true where each validation reads the data
    again.
    """

    name: str
    grain: str
    reads: bool

    def prepare(self, shapes: Path, data: Path) -> None:
        """Reads both; raises Absent where the engine is not installed."""

    def ready(self) -> None:
        """What has to be done before each validation and does not count as part of it."""

    def validate(self) -> Any:
        """Validates everything; what it returns is for `results`."""

    def results(self, found: Any) -> set[Result]:
        """The results as a set, outside what is timed; an absent part is an empty text."""

    def close(self) -> None:
        """Ends what the engine started."""


class PySHACL:
    """pySHACL as the product runs it today: on Oxigraph data, without inference.

    The data is read in the preparation. The shapes are parsed anew before each validation, because
    pySHACL changes the graph that it is given; that time is left out.
    """

    name = "pySHACL"
    grain = "component"
    reads = False

    def prepare(self, shapes: Path, data: Path) -> None:
        """See Engine."""
        import pyshacl  # noqa: F401

        from nhm_graph.checks.counted import graph_on

        self._shapes = shapes.read_bytes()
        self._graph = graph_on(store_of(data))
        self._more: dict[str, Any] = {}

    def only(self, focus: str, shapes: list[str] | None = None) -> None:
        """From now on validates this node only; with these shapes and their named parts, or all.

        Neither way is right for every shape in pySHACL 0.40: without the shapes, inner shapes are
        held to the focus node too (N01 is then reported wrongly); with them, named shapes that are
        not among them are passed over.
        """
        from rdflib import URIRef

        self._more = {"focus_nodes": [URIRef(focus)]}
        if shapes:
            self._more["use_shapes"] = [URIRef(each) for each in shapes]

    def ready(self) -> None:
        """Parses the shapes."""
        from rdflib import Graph

        self._parsed = Graph()
        self._parsed.parse(data=self._shapes, format="turtle")

    def validate(self) -> Any:
        """See Engine; the report as an rdflib graph."""
        from pyshacl import validate

        _conforms, report, _text = validate(
            self._graph,
            shacl_graph=self._parsed,
            inplace=True,
            advanced=False,
            do_owl_imports=False,
            **self._more,
        )
        return report

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        return report_results(found.serialize(format="nt", encoding="utf-8"))

    def close(self) -> None:
        """See Engine."""


class PyShifty:
    """pyshifty's quickest way: its algebra, which names focus node and top-level shape."""

    name = "pyshifty"
    grain = "shape"
    reads = True

    def prepare(self, shapes: Path, data: Path) -> None:
        """See Engine."""
        _installed("shifty", "pyshifty")
        import shifty

        self._validator: Any = shifty.PreparedValidator(shapes)
        self._data = data

    def ready(self) -> None:
        """See Engine."""

    def validate(self) -> Any:
        """See Engine."""
        return self._validator.validate_algebra(self._data, infer=False, graph_mode="data")

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        return {
            (_bare(each.focus_node), _bare(each.shape_name or ""), "") for each in found.violations
        }

    def close(self) -> None:
        """See Engine."""


class PyShiftyReport(PyShifty):
    """pyshifty with a W3C report, which is what names source shapes and components."""

    name = "pyshifty, report"
    grain = "component"

    def validate(self) -> Any:
        """See Engine."""
        return self._validator.validate(self._data, infer=False, graph_mode="data")[1]

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        return report_results(found.serialize(format="nt", encoding="utf-8"))


class PyShiftySession:
    """pyshifty on data that is read beforehand; tells which nodes fail which shape, not why."""

    name = "pyshifty, session"
    grain = "focus"
    reads = False

    def prepare(self, shapes: Path, data: Path) -> None:
        """See Engine."""
        _installed("shifty", "pyshifty")
        import shifty

        self._session: Any = shifty.EvidenceSession(shapes, data, infer=False, graph_mode="data")

    def ready(self) -> None:
        """See Engine."""

    def validate(self) -> Any:
        """See Engine."""
        return self._session.find_failures()[1]

    def results(self, found: Any) -> set[Result]:
        """The focus nodes alone: what is found here has no name of a shape."""
        return {(_bare(each.focus), "", "") for each in found}

    def close(self) -> None:
        """See Engine."""


class PyRudof:
    """pyrudof's native mode, on data that is read beforehand."""

    name = "pyrudof"
    grain = "component"
    reads = False

    def prepare(self, shapes: Path, data: Path) -> None:
        """See Engine."""
        _installed("pyrudof", "pyrudof")
        import pyrudof

        self._rudof: Any = pyrudof.Rudof(pyrudof.RudofConfig())
        self._rudof.read_data(str(data), pyrudof.RDFFormat.NTriples)
        self._rudof.read_shacl(str(shapes), pyrudof.ShaclFormat.Turtle)

    def ready(self) -> None:
        """See Engine."""

    def validate(self) -> Any:
        """See Engine."""
        return self._rudof.validate_shacl()

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        return {
            (_bare(each.focus_node), _bare(each.source_shape or ""), each.constraint_component)
            for each in found
        }

    def close(self) -> None:
        """See Engine."""


def store_of(data: Path) -> ox.Store:
    """A store in memory with the file in its default graph."""
    store = ox.Store()
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES)
    return store


def report_results(triples: bytes) -> set[Result]:
    """The results in a validation report given as N-Triples; blank nodes become "_:".

    >>> text = "_:r <{0}focusNode> <http://e/x> .\\n_:r <{0}sourceShape> <http://e/s> ."
    >>> report_results(text.format("http://www.w3.org/ns/shacl#").encode())
    {('http://e/x', 'http://e/s', '')}
    """
    said: dict[object, dict[str, str]] = {}
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        value = "_:" if isinstance(quad.object, ox.BlankNode) else getattr(quad.object, "value", "")
        said.setdefault(quad.subject, {})[quad.predicate.value] = value
    parts = [f"{_SH}{name}" for name in ("focusNode", "sourceShape", "sourceConstraintComponent")]
    return {
        (node[parts[0]], node.get(parts[1], ""), node.get(parts[2], ""))
        for node in said.values()
        if parts[0] in node
    }


def _bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _installed(module: str, package: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise Absent(f"{package} is not installed (pip install {package})")


FOREIGN: tuple[Callable[[], Engine], ...] = (
    PySHACL,
    PyShifty,
    PyShiftyReport,
    PyShiftySession,
    PyRudof,
)
