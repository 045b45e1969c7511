"""All checks of a shapes graph, and the shapes that are handed to pySHACL whole."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.conditions import Conditions
from nhm_graph.checks.compiled.constraints import Place, select_text
from nhm_graph.checks.compiled.model import PROPERTY, SPARQL, Constraint, Shape, Shapes, Target
from nhm_graph.checks.compiled.reading import read_shapes
from nhm_graph.checks.compiled.sparql_constraints import component_select, sparql_select
from nhm_graph.checks.compiled.targets import Filling, classes_in, subclass_query
from nhm_graph.checks.compiled.triples import Node, Term
from nhm_graph.checks.compiled.values import OXIGRAPH, Dialect, Uncompilable


class Solution(Protocol):
    """A solution of a SELECT: terms by the names of variables; KeyError for unknown ones."""

    def __getitem__(self, name: str, /) -> object:
        """The term, None where the variable has no value."""


Ask: TypeAlias = Callable[[str], Iterable[Solution]]


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint of a shape, reached from one shape with a target, as a SELECT.

    `text` is the SELECT with marks for what depends on the data, `messages` are the messages of a
    result, `term` is the sh:sparql constraint or validator where there is one.
    """

    root: Shape
    source: Shape
    constraint: Constraint
    place: Place
    text: str
    messages: tuple[ox.Literal, ...]
    term: Term | None = None

    @property
    def shape(self) -> Node:
        """The shape that a result names as its source."""
        return self.source.term

    @property
    def component(self) -> ox.NamedNode:
        """The constraint component that a result names."""
        return self.constraint.component

    @property
    def targets(self) -> tuple[Target, ...]:
        """Where it looks."""
        return self.root.targets

    @property
    def select(self) -> str:
        """The SELECT in SPARQL 1.1, which runs by itself."""
        return Filling().fill(self.text, self.root.targets)


@dataclass(frozen=True, slots=True)
class Handed:
    """A shape with a target that is not compiled: which construct, of which shape, and why."""

    root: Node
    shape: Node
    construct: str
    reason: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """The checks of a shapes graph and what is handed over; together they are all of its rules."""

    checks: tuple[Check, ...]
    handed: tuple[Handed, ...]
    shapes: Shapes

    def bound(self, ask: Ask) -> Filling:
        """The subclasses that the data has, looked up once for all checks."""
        asked = {each for check in self.checks for each in classes_in(check.text, check.targets)}
        if not asked:
            return Filling({})
        found: dict[ox.NamedNode, list[ox.NamedNode]] = {each: [] for each in asked}
        for solution in ask(subclass_query(asked)):
            above, low = solution["class"], solution["low"]
            if isinstance(above, ox.NamedNode) and isinstance(low, ox.NamedNode):
                found[above].append(low)
        return Filling({each: tuple(lows) for each, lows in found.items()})


def compile_shapes(
    quads: Iterable[ox.Quad], off: Collection[str] = (), dialect: Dialect = OXIGRAPH
) -> Compiled:
    """The shapes of a shapes graph as SELECTs. `off` are IRIs of shapes that are not to count.

    All SELECTs are plain SPARQL 1.1. `dialect` STANDARD also hands over the patterns that regular
    expressions of other engines read differently.

    Nothing passes silently: a shape with a target has all its checks here, or is in `handed`.

    >>> data = '''PREFIX sh: <http://www.w3.org/ns/shacl#>
    ... <x:S> sh:targetClass <x:C> ; sh:property [ sh:path <x:p> ; sh:minCount 1 ] .'''
    >>> compiled = compile_shapes(ox.parse(data, format=ox.RdfFormat.TURTLE))
    >>> len(compiled.checks), compiled.handed
    (1, ())
    """
    shapes = read_shapes(quads, off)
    checks: list[Check] = []
    handed: list[Handed] = []
    for root in shapes.roots():
        try:
            checks += list(_Root(shapes, root, dialect).checks())
        except _Stopped as stopped:
            handed.append(stopped.handed)
    return Compiled(tuple(checks), tuple(handed), shapes)


class _Stopped(Exception):
    def __init__(self, handed: Handed) -> None:
        super().__init__(handed.reason)
        self.handed = handed


class _Root:
    """The checks of one shape with a target."""

    def __init__(self, shapes: Shapes, root: Shape, dialect: Dialect) -> None:
        self.shapes, self.root, self.dialect = shapes, root, dialect
        self.outside = any(target.kind == "node" for target in root.targets)
        self.names = count()

    def checks(self) -> Iterator[Check]:
        yield from self._of(self.root, Place(outside=self.outside), ())

    def _of(self, shape: Shape, place: Place, above: tuple[Node, ...]) -> Iterator[Check]:
        if shape.deactivated:
            return
        if shape.faults:
            self._stop(shape, shape.faults[0], "not well-formed")
        if shape.term in above:
            self._stop(shape, "sh:property", "the shape refers to itself")
        for constraint in shape.constraints:
            if constraint.component == PROPERTY:
                below = self.shapes.shapes.get(constraint.value)  # type: ignore[arg-type]
                if below is None or below.path is None:
                    self._stop(shape, "sh:property", "not a property shape")
                    continue
                yield from self._of(below, place.below(shape), (*above, shape.term))
                continue
            try:
                check = self._check(shape, place, constraint)
            except Uncompilable as stopped:
                self._stop(shape, stopped.construct, stopped.reason)
                continue
            if check is not None:
                yield check

    def _check(self, shape: Shape, place: Place, constraint: Constraint) -> Check | None:
        conditions = Conditions(self.shapes, self.outside, self.dialect, self.names)
        messages, term = shape.messages, None
        if constraint.component == SPARQL:
            query = self.shapes.queries[constraint.value]
            if query.deactivated:
                return None
            text, term = sparql_select(place, shape, query), query.term
            messages = query.messages or messages
            _understood(text, shape)
        elif constraint.component in self.shapes.components:
            own = self.shapes.components[constraint.component]
            text, query = component_select(place, shape, own, constraint)
            messages, term = query.messages or own.messages or messages, query.term
            _understood(text, shape)
        else:
            text = select_text(place, shape, constraint, conditions)
        if not text:
            return None
        return Check(self.root, shape, constraint, place, text, messages, term)

    def _stop(self, shape: Shape, construct: str, reason: str) -> None:
        raise _Stopped(Handed(self.root.term, shape.term, construct, reason))


def _understood(text: str, shape: Shape) -> None:
    """Lets Oxigraph parse what people wrote: a mistake in it is theirs, and pySHACL tells them."""
    target = Target("node", ox.NamedNode("http://www.w3.org/ns/shacl#this"))
    try:
        ox.Store().query(Filling({}).fill(text, (target,)))
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        said = str(error).splitlines()[0] if str(error) else ""
        raise Uncompilable("sh:sparql", f"the query is not understood: {said}") from None
