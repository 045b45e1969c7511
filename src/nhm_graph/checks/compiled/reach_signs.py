"""Signs by which it can be told from a few links of a node that a check finds nothing there.

A shape that several alternatives satisfy is violated only where each of them fails. Whether one of
them holds is often seen from one link, which is cheaper than to run the check.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from nhm_graph.checks.compiled.compiling import Check
from nhm_graph.checks.compiled.conditions import number
from nhm_graph.checks.compiled.model import PROPERTY, Constraint, Shape, Shapes
from nhm_graph.checks.compiled.reach_patterns import way_along
from nhm_graph.checks.compiled.reach_ways import Sign, Way
from nhm_graph.checks.compiled.triples import Term
from nhm_graph.rdf.terms import SH

# So deep are shapes followed into each other; what lies deeper is left to the check.
_DEEPEST = 6


def signs_of(shapes: Shapes, check: Check) -> frozenset[Sign]:
    """The signs of a check of SHACL Core; none for what is SPARQL.

    >>> from nhm_graph.checks.compiled.compiling import compile_shapes
    >>> shape = '''PREFIX sh: <http://www.w3.org/ns/shacl#>
    ... <x:S> sh:targetClass <x:C> ; sh:property [ sh:path <x:p> ; sh:minCount 1 ] .'''
    >>> compiled = compile_shapes(ox.parse(shape, format=ox.RdfFormat.TURTLE))
    >>> [each.most for each in signs_of(compiled.shapes, compiled.checks[0])]
    [0]
    """
    return frozenset(_Reader(shapes).broken(check.source, check.constraint, 0))


def _named(*names: str) -> frozenset[ox.NamedNode]:
    return frozenset(SH(f"{name}ConstraintComponent") for name in names)


_OR, _AND, _NOT, _NODE, _LEAST, _MOST, _HAS, _IN, _SOME, _FEW = (
    SH(f"{name}ConstraintComponent")
    for name in (
        *("Or", "And", "Not", "Node", "MinCount", "MaxCount", "HasValue", "In"),
        *("QualifiedMinCount", "QualifiedMaxCount"),
    )
)
# Broken only by a value that is there.
_OF_VALUES = _named(
    *("Or", "And", "Not", "Node", "Xone", "Class", "Datatype", "NodeKind", "In", "Pattern"),
    *("MinLength", "MaxLength", "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive"),
    *("LanguageIn", "UniqueLang", "LessThan", "LessThanOrEquals", "Disjoint"),
)


@dataclass(frozen=True, slots=True)
class _Reader:
    shapes: Shapes

    def broken(self, shape: Shape, constraint: Constraint, depth: int) -> Iterator[Sign]:
        """What is so wherever a node breaks a constraint."""
        component, values = constraint.component, constraint.values
        if component == PROPERTY:
            yield from self._fails(values[0], depth)
        elif shape.path is not None:
            yield from self._path_broken(way_along(shape.path), constraint)
        elif component == _OR:
            for each in values:
                yield from self._fails(each, depth)
        elif component == _NOT:
            yield from self._holds(values[0], depth)
        elif component == _NODE or (component == _AND and len(values) == 1):
            yield from self._fails(values[0], depth)

    def _path_broken(self, way: Way, constraint: Constraint) -> Iterator[Sign]:
        component = constraint.component
        if component == _LEAST:
            yield Sign(way, None, most=number(constraint.value) - 1)
        elif component == _MOST:
            yield Sign(way, None, least=number(constraint.value) + 1)
        elif component == _SOME:
            goals = self._goals(constraint)
            if goals is not None:
                yield Sign(way, goals, most=_count(constraint) - 1)
        elif component == _FEW:
            yield Sign(way, self._goals(constraint), least=_count(constraint) + 1)
        elif component == _HAS and isinstance(constraint.value, ox.NamedNode):
            yield Sign(way, frozenset(constraint.values), most=0)
        elif component in _OF_VALUES:
            yield Sign(way, None, least=1)

    def _kept(self, shape: Shape, constraint: Constraint, depth: int) -> Iterator[Sign]:
        """What is so wherever a node keeps a constraint."""
        component, values = constraint.component, constraint.values
        if component == PROPERTY:
            yield from self._holds(values[0], depth)
        elif shape.path is not None:
            yield from self._path_kept(way_along(shape.path), constraint)
        elif component in (_AND, _NODE) or (component == _OR and len(values) == 1):
            for each in values:
                yield from self._holds(each, depth)
        elif component == _NOT:
            yield from self._fails(values[0], depth)

    def _path_kept(self, way: Way, constraint: Constraint) -> Iterator[Sign]:
        component = constraint.component
        if component == _LEAST:
            yield Sign(way, None, least=number(constraint.value))
        elif component == _MOST:
            yield Sign(way, None, most=number(constraint.value))
        elif component == _SOME:
            yield Sign(way, self._goals(constraint), least=_count(constraint))
        elif component == _FEW:
            goals = self._goals(constraint)
            if goals is not None:
                yield Sign(way, goals, most=_count(constraint))
        elif component == _HAS:
            named = isinstance(constraint.value, ox.NamedNode)
            yield Sign(way, frozenset(constraint.values) if named else None, least=1)

    def _fails(self, term: Term, depth: int) -> Iterator[Sign]:
        """What is so wherever a node does not conform to a shape that has one constraint."""
        shape = self._shape(term, depth)
        if shape is not None and len(shape.constraints) == 1:
            yield from self.broken(shape, shape.constraints[0], depth + 1)

    def _holds(self, term: Term, depth: int) -> Iterator[Sign]:
        """What is so wherever a node conforms to a shape."""
        shape = self._shape(term, depth)
        if shape is not None:
            for constraint in shape.constraints:
                yield from self._kept(shape, constraint, depth + 1)

    def _shape(self, term: Term, depth: int) -> Shape | None:
        if depth > _DEEPEST or isinstance(term, ox.Literal):
            return None
        shape = self.shapes.shapes.get(term)
        return None if shape is None or shape.deactivated else shape

    def _goals(self, constraint: Constraint) -> frozenset[Term] | None:
        """The values that a qualified shape allows, where it does nothing but list IRIs."""
        if constraint.option("qualifiedValueShapesDisjoint"):
            return None
        shape = self._shape(constraint.value, 0)
        if shape is None or shape.path is not None or len(shape.constraints) != 1:
            return None
        (inner,) = shape.constraints
        listed = inner.component in (_IN, _HAS)
        if not listed or not all(isinstance(each, ox.NamedNode) for each in inner.values):
            return None
        return frozenset(inner.values)


def _count(constraint: Constraint) -> int:
    return number(constraint.option("count")[0])
