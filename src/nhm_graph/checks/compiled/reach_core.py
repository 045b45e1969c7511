"""What a compiled check reads: its targets, the paths to its focus nodes, its constraint."""

from collections.abc import Iterable, Mapping

from nhm_graph.checks.compiled.compiling import Check
from nhm_graph.checks.compiled.model import (
    PROPERTY,
    REFERRING,
    SPARQL,
    Constraint,
    Query,
    Shape,
    Shapes,
    Target,
)
from nhm_graph.checks.compiled.paths import Predicate, Sequence, ZeroOrMore, path_text
from nhm_graph.checks.compiled.reach_patterns import THIS, Scope, Slot
from nhm_graph.checks.compiled.reach_sparql import read_query
from nhm_graph.checks.compiled.triples import Node, Term
from nhm_graph.rdf.terms import RDF, RDFS, SH

# From a node to its classes, as SHACL has it (3.2, SHACL type).
KINDS = Sequence((Predicate(RDF("type")), ZeroOrMore(Predicate(RDFS("subClassOf")))))
_BESIDE = frozenset(
    SH(f"{name}ConstraintComponent")
    for name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
)
# Components that may find something although the path leads nowhere.
_OF_NOTHING = frozenset(
    SH(f"{name}ConstraintComponent")
    for name in ("MinCount", "QualifiedMinCount", "HasValue", "Equals")
)
_CLASS = SH("ClassConstraintComponent")
_EQUALS = SH("EqualsConstraintComponent")
_CLOSED = SH("ClosedConstraintComponent")
# Components that look at nothing but the value nodes themselves.
_PLAIN = frozenset(
    SH(f"{name}ConstraintComponent")
    for name in (
        *("Datatype", "NodeKind", "MinCount", "MaxCount", "MinExclusive", "MinInclusive"),
        *("MaxExclusive", "MaxInclusive", "MinLength", "MaxLength", "Pattern", "LanguageIn"),
        *("UniqueLang", "HasValue", "In"),
    )
)


def scope_of(shapes: Shapes, check: Check) -> Scope:
    """The patterns that decide which nodes a check looks at and what it finds."""
    scope = Scope()
    starts = ("root", *(scope.fresh() for _ in check.place.steps))
    names = (*starts[:-1], THIS)
    for target in check.targets:
        _target(scope.inner(), target, names[0])
    for path, start, end in zip(check.place.steps, names, names[1:], strict=False):
        scope.path(start, path, end)
    built_in = check.component in SH and check.component != SPARQL
    needed = built_in and check.component not in _OF_NOTHING
    value, inner = _values(scope, check.source, THIS, needed)
    _Reader(shapes).constraint(inner, check.source, check.constraint, THIS, value, ())
    return scope


def _target(scope: Scope, target: Target, root: str) -> None:
    if target.kind == "class":
        scope.path(root, KINDS, target.term)
    elif target.kind == "subjectsOf":
        scope.triple(root, target.term, scope.fresh(), witness=True)
    elif target.kind == "objectsOf":
        scope.triple(scope.fresh(), target.term, root, witness=True)


def _values(scope: Scope, shape: Shape, focus: str, needed: bool = False) -> tuple[str, Scope]:
    """The variable of a shape's value nodes, and the scope in which they are reached."""
    if shape.path is None:
        return focus, scope
    inner, value = scope.inner(needed), scope.fresh()
    inner.path(focus, shape.path, value)
    return value, inner


def _above_path(scope: Scope, shape: Shape) -> Scope:
    """The scope of a shape's focus node, given that of its value nodes."""
    return scope if shape.path is None or scope.above is None else scope.above


class _Reader:
    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def constraint(
        self,
        scope: Scope,
        shape: Shape,
        constraint: Constraint,
        focus: str,
        value: str,
        above: tuple[Node, ...],
    ) -> None:
        """What one constraint of a shape reads, given where its focus and value nodes stand."""
        component = constraint.component
        if component in _PLAIN:
            return
        if component == _CLASS:
            scope.inner().path(value, KINDS, constraint.value)
        elif component == _CLOSED:
            scope.inner().triple(value, scope.fresh(), scope.fresh())
        elif component in _BESIDE:
            # Unlike the others, this may find something although the path leads nowhere.
            beside_path = _above_path(scope, shape) if component == _EQUALS else scope
            beside_path.inner().triple(focus, constraint.value, scope.fresh())
        elif component == PROPERTY or component in REFERRING:
            siblings = self.shapes.siblings.get(shape.term, ())
            beside = siblings if constraint.option("qualifiedValueShapesDisjoint") else ()
            self._conforms(scope, [*constraint.values, *beside], value, above)
        else:
            self._sparql(scope, shape, constraint, (focus, value), above)

    def _conforms(
        self, scope: Scope, terms: Iterable[object], node: str, above: tuple[Node, ...]
    ) -> None:
        """What it takes to say whether a node conforms to shapes."""
        for term in terms:
            shape = self.shapes.shapes.get(term)  # type: ignore[call-overload]
            if shape is None or shape.term in above:
                scope.opaque = True
                continue
            value, inner = _values(scope.inner(), shape, node)
            for each in shape.constraints:
                self.constraint(inner, shape, each, node, value, (*above, shape.term))

    def _sparql(
        self,
        scope: Scope,
        shape: Shape,
        constraint: Constraint,
        nodes: tuple[str, str],
        above: tuple[Node, ...],
    ) -> None:
        focus, value = nodes
        names: Mapping[str, Slot] = {"this": focus}
        query: Query | None
        if constraint.component == SPARQL:
            query = self.shapes.queries.get(constraint.value)
        else:
            own = self.shapes.components[constraint.component]
            query = own.node_validator if shape.path is None else own.property_validator
            given = {name: values[0] for name, values in constraint.options if values}
            # Only of an ASK is ?value pre-bound.
            names = {**names, **given, **({"value": value} if query and query.ask else {})}
        if query is None:
            scope.opaque = True
            return
        if not query.ask:
            # A SELECT need not follow the path of its shape; where it does, it says so itself.
            scope = _above_path(scope, shape)
        text = query.text
        if shape.path is not None:
            text = text.replace("$PATH", f"({path_text(shape.path)})")
        read_query(scope, query.prefixes + text, names, needed=not above and not query.ask)


def is_schema(predicate: Term | None) -> bool:
    """Whether triples with this predicate are about classes, which all cities share.

    >>> is_schema(RDFS("subClassOf"))
    True
    """
    return predicate == RDFS("subClassOf")
