"""What a shapes graph says, as values: shapes, their targets and constraints."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.paths import Path
from nhm_graph.checks.compiled.triples import Node, Term
from nhm_graph.rdf.terms import SH

TargetKind: TypeAlias = Literal["node", "class", "subjectsOf", "objectsOf"]

PROPERTY = SH("PropertyConstraintComponent")
SPARQL = SH("SPARQLConstraintComponent")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a shape looks: a node, the instances of a class, the subjects or objects of a property.

    An implicit class target is of the kind `class`.
    """

    kind: TargetKind
    term: Term


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint: its component and what its parameters say.

    `values` is the main parameter's value, or the members of its list. `options` are the others by
    local name, such as `flags`; of a component of one's own, all parameters by variable name.
    """

    component: ox.NamedNode
    values: tuple[Term, ...]
    options: tuple[tuple[str, tuple[Term, ...]], ...] = ()

    def option(self, name: str) -> tuple[Term, ...]:
        """The values of a further parameter.

        >>> Constraint(SH("PatternConstraintComponent"), (ox.Literal("x"),)).option("flags")
        ()
        """
        return dict(self.options).get(name, ())

    @property
    def value(self) -> Term:
        """The only or first value of the main parameter."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL text of the shapes graph (sh:select or sh:ask) with the prefixes it may use."""

    term: Term
    ask: bool
    text: str
    prefixes: str
    messages: tuple[ox.Literal, ...] = ()
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """A constraint component of one's own (SHACL 6): parameters by variable, and validators."""

    term: ox.NamedNode
    required: tuple[tuple[str, ox.NamedNode], ...]
    optional: tuple[tuple[str, ox.NamedNode], ...]
    node_validator: Query | None
    property_validator: Query | None
    messages: tuple[ox.Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape. `path` makes it a property shape; `faults` say what about it is not well-formed."""

    term: Node
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...]
    deactivated: bool
    faults: tuple[str, ...] = ()

    @property
    def is_property_shape(self) -> bool:
        """Whether it has a path."""
        return self.path is not None


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes by their term, with the SPARQL and the components that they use.

    `siblings` are, for each property shape, the qualified value shapes of those beside it
    (SHACL 4.7.3).
    """

    shapes: Mapping[Node, Shape]
    queries: Mapping[Term, Query]
    components: Mapping[ox.NamedNode, Component]
    siblings: Mapping[Node, tuple[Node, ...]]

    def roots(self) -> Iterator[Shape]:
        """The shapes that have a target and are not switched off."""
        return (each for each in self.shapes.values() if each.targets and not each.deactivated)

    def below(self, shape: Shape) -> Iterator[Node]:
        """The shapes that a shape refers to directly, once for each reference."""
        for constraint in shape.constraints:
            if constraint.component in REFERRING:
                yield from (each for each in constraint.values if not isinstance(each, ox.Literal))
            if constraint.option("qualifiedValueShapesDisjoint"):
                yield from self.siblings.get(shape.term, ())


# Components whose values are shapes.
REFERRING = frozenset(
    SH(name + "ConstraintComponent")
    for name in (
        "Property",
        "Node",
        "Not",
        "And",
        "Or",
        "Xone",
        "QualifiedMinCount",
        "QualifiedMaxCount",
    )
)
