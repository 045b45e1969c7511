"""Reads the shapes graph: which nodes are shapes (SHACL 2.1), and what they say."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.model import (
    SPARQL,
    Component,
    Constraint,
    Query,
    Shape,
    Shapes,
    Target,
)
from nhm_graph.checks.compiled.paths import Path, read_path
from nhm_graph.checks.compiled.triples import Node, Term, Triples
from nhm_graph.rdf.terms import OWL, RDF, RDFS, SH, XSD

_TARGETS = (
    (SH("targetNode"), "node"),
    (SH("targetClass"), "class"),
    (SH("targetSubjectsOf"), "subjectsOf"),
    (SH("targetObjectsOf"), "objectsOf"),
)
# Parameters with one constraint for each value; those with one value at most; those with a list.
_Names: TypeAlias = tuple[str, ...]
_EACH: _Names = (
    *("class", "disjoint", "equals", "hasValue", "lessThan", "lessThanOrEquals"),
    *("node", "not", "property"),
)
_ONCE: _Names = (
    *("datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive"),
    *("maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "uniqueLang"),
    *("closed", "qualifiedMinCount", "qualifiedMaxCount"),
)
_LISTS: _Names = ("in", "languageIn")  # at most once
_SHAPE_LISTS: _Names = ("and", "or", "xone")
_COUNTS: _Names = (
    *("minCount", "maxCount", "minLength", "maxLength"),
    *("qualifiedMinCount", "qualifiedMaxCount"),
)
_ONLY_WITH_PATH: _Names = (
    *("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"),
    *("qualifiedMinCount", "qualifiedMaxCount"),
)
_OPTIONS = {
    "pattern": ("flags",),
    "closed": ("ignoredProperties",),
    "qualifiedMinCount": ("qualifiedValueShapesDisjoint",),
    "qualifiedMaxCount": ("qualifiedValueShapesDisjoint",),
}
_TRUE = ox.Literal("true", datatype=XSD("boolean"))
_PREFIX = re.compile(r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?")
_WHOLE = re.compile(r"\+?[0-9]{1,9}", re.ASCII)


def read_shapes(quads: Iterable[ox.Quad], off: Collection[str] = ()) -> Shapes:
    """What a shapes graph says. `off` are IRIs of shapes to be read as deactivated.

    A shape that is not well-formed keeps its `faults`; nothing is refused here.

    >>> [shape.term for shape in read_shapes(()).roots()]
    []
    """
    return _Reader(Triples(quads), frozenset(off)).shapes()


def is_true(term: Term | None) -> bool:
    """Whether a term is `true`. The specification means this term; "1"^^xsd:boolean is another.

    >>> is_true(ox.Literal(True)), is_true(None)
    (True, False)
    """
    return term == _TRUE


@cache
def _sh(name: str) -> ox.NamedNode:
    """A term of SHACL, made once: each shape is asked for all of them."""
    return SH(name)


@dataclass(frozen=True, slots=True)
class _Reader:
    triples: Triples
    off: frozenset[str]

    def shapes(self) -> Shapes:
        components = {each.term: each for each in self._components()}
        classes = self._closure(RDFS("Class"))
        shapes: dict[Node, Shape] = {}
        pending = list(self._named())
        while pending:
            node = pending.pop()
            if node in shapes or isinstance(node, ox.Literal):
                continue
            shapes[node] = self._shape(node, components, classes)
            pending += self._referred(node)
        queries = {
            query.term: query
            for node in self.triples.subjects(_sh("sparql"))
            for term in self.triples.objects(node, _sh("sparql"))
            if (query := self._query(term, _sh("select"))) is not None
        }
        return Shapes(shapes, queries, components, dict(self._siblings(shapes)))

    def _named(self) -> Iterator[Term]:
        for kind in ("NodeShape", "PropertyShape"):
            for each in self._closure(_sh(kind)):
                yield from self.triples.subjects(RDF("type"), each)
        for predicate, _kind in _TARGETS:
            yield from self.triples.subjects(predicate)
        for name in (*_EACH, *_ONCE, *_LISTS, *_SHAPE_LISTS, "sparql"):
            yield from self.triples.subjects(_sh(name))

    def _closure(self, top: ox.NamedNode) -> set[Term]:
        found: set[Term] = set()
        pending: list[Term] = [top]
        while pending:
            node = pending.pop()
            if node not in found:
                found.add(node)
                pending += self.triples.subjects(RDFS("subClassOf"), node)
        return found

    def _referred(self, node: Term) -> Iterator[Term]:
        for name in ("property", "node", "not", "qualifiedValueShape"):
            yield from self.triples.objects(node, _sh(name))
        for name in _SHAPE_LISTS:
            for head in self.triples.objects(node, _sh(name)):
                try:
                    yield from self.triples.listed(head)
                except ValueError:
                    continue

    def _shape(
        self, node: Node, components: dict[ox.NamedNode, Component], classes: set[Term]
    ) -> Shape:
        faults: list[str] = []
        path = self._path(node, faults)
        constraints = tuple(
            itertools.chain(
                self._constraints(node, path, faults), self._own(node, components, faults)
            )
        )
        severity = self.triples.objects(node, _sh("severity"))
        if len(severity) > 1 or not all(isinstance(each, ox.NamedNode) for each in severity):
            faults.append("sh:severity")
        deactivated = self.triples.objects(node, _sh("deactivated"))
        if len(deactivated) > 1:
            faults.append("sh:deactivated")
        off = isinstance(node, ox.NamedNode) and node.value in self.off
        return Shape(
            term=node,
            path=path,
            targets=tuple(self._targets(node, classes, faults)),
            constraints=constraints,
            severity=next(
                (each for each in severity if isinstance(each, ox.NamedNode)), _sh("Violation")
            ),
            messages=self._messages(node, faults),
            deactivated=off or any(is_true(each) for each in deactivated),
            faults=tuple(faults),
        )

    def _path(self, node: Node, faults: list[str]) -> Path | None:
        found = self.triples.objects(node, _sh("path"))
        types = self.triples.objects(node, RDF("type"))
        if len(found) > 1 or (found and _sh("NodeShape") in types):
            faults.append("sh:path")
        if not found:
            if _sh("PropertyShape") in types:
                faults.append("sh:path")
            return None
        try:
            return read_path(self.triples, found[0])
        except ValueError:
            faults.append("sh:path")
            return None

    def _targets(self, node: Node, classes: set[Term], faults: list[str]) -> Iterator[Target]:
        for predicate, kind in _TARGETS:
            for term in self.triples.objects(node, predicate):
                fits = (
                    not isinstance(term, ox.BlankNode)
                    if kind == "node"
                    else isinstance(term, ox.NamedNode)
                )
                if not fits:
                    faults.append(predicate.value.replace(str(SH), "sh:"))
                yield Target(kind, term)  # type: ignore[arg-type]
        if any(each in classes for each in self.triples.objects(node, RDF("type"))):
            yield Target("class", node)

    def _messages(self, node: Term, faults: list[str] | None = None) -> tuple[ox.Literal, ...]:
        found = self.triples.objects(node, _sh("message"))
        said = tuple(each for each in found if isinstance(each, ox.Literal))
        textual = (XSD("string"), RDF("langString"))
        if faults is not None and (
            len(said) < len(found) or any(each.datatype not in textual for each in said)
        ):
            faults.append("sh:message")
        return said

    def _constraints(
        self, node: Node, path: Path | None, faults: list[str]
    ) -> Iterator[Constraint]:
        for name in (*_EACH, *_ONCE, *_LISTS, *_SHAPE_LISTS):
            values = self.triples.objects(node, _sh(name))
            if not values:
                continue
            if name in _ONCE + _LISTS and len(values) > 1:
                faults.append(f"sh:{name}")
            if path is None and name in _ONLY_WITH_PATH:
                faults.append(f"sh:{name}")
                continue
            for value in values:
                constraint = self._constraint(node, name, value, faults)
                if constraint is not None:
                    yield constraint
        for value in self.triples.objects(node, _sh("sparql")):
            yield Constraint(SPARQL, (value,))
            if self._query(value, _sh("select")) is None:
                faults.append("sh:sparql")

    def _constraint(
        self, node: Node, name: str, value: Term, faults: list[str]
    ) -> Constraint | None:
        component = _sh(name[0].upper() + name[1:] + "ConstraintComponent")
        values: tuple[Term, ...] = (value,)
        if name in _LISTS + _SHAPE_LISTS:
            try:
                values = self.triples.listed(value)
            except ValueError:
                faults.append(f"sh:{name}")
                return None
            if not values and name in _SHAPE_LISTS:
                faults.append(f"sh:{name}")
        if name in _COUNTS and not _is_count(value):
            faults.append(f"sh:{name}")
            return None
        if name in ("closed", "uniqueLang") and not is_true(value):
            return None
        options = tuple(self._options(node, name, faults))
        if name.startswith("qualified"):
            shapes = self.triples.objects(node, _sh("qualifiedValueShape"))
            if len(shapes) != 1:
                faults.append("sh:qualifiedValueShape")
                return None
            values, options = shapes, (*options, ("count", (value,)))
        return Constraint(component, values, options)

    def _options(
        self, node: Node, name: str, faults: list[str]
    ) -> Iterator[tuple[str, tuple[Term, ...]]]:
        for option in _OPTIONS.get(name, ()):
            found = self.triples.objects(node, _sh(option))
            if len(found) > 1:
                faults.append(f"sh:{option}")
            if option == "ignoredProperties" and found:
                try:
                    yield option, self.triples.listed(found[0])
                except ValueError:
                    faults.append(f"sh:{option}")
            elif option == "qualifiedValueShapesDisjoint" and not any(map(is_true, found)):
                continue
            elif found:
                yield option, found
        if name == "closed":
            yield "declared", tuple(self._declared(node))

    def _declared(self, node: Node) -> Iterator[Term]:
        for shape in self.triples.objects(node, _sh("property")):
            for path in self.triples.objects(shape, _sh("path")):
                if isinstance(path, ox.NamedNode):
                    yield path

    def _siblings(self, shapes: dict[Node, Shape]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
        """For a property shape, the qualified value shapes of the shapes beside it."""
        for node in shapes:
            own = self.triples.objects(node, _sh("qualifiedValueShape"))
            found = {
                value: None
                for parent in self.triples.subjects(_sh("property"), node)
                for beside in self.triples.objects(parent, _sh("property"))
                for value in self.triples.objects(beside, _sh("qualifiedValueShape"))
                if value not in own and not isinstance(value, ox.Literal)
            }
            if found:
                yield node, tuple(found)

    def _query(self, term: Term, kind: ox.NamedNode) -> Query | None:
        texts = self.triples.objects(term, kind)
        if len(texts) != 1 or not isinstance(texts[0], ox.Literal):
            return None
        try:
            prefixes = "".join(self._prefixes(term))
        except ValueError:  # no prefix, or no IRI
            return None
        return Query(
            term=term,
            ask=kind == _sh("ask"),
            text=texts[0].value,
            prefixes=prefixes,
            messages=self._messages(term),
            deactivated=is_true(self.triples.one(term, _sh("deactivated"))),
        )

    def _prefixes(self, term: Term) -> Iterator[str]:
        seen: set[Term] = set()
        pending = list(self.triples.objects(term, _sh("prefixes")))
        while pending:
            ontology = pending.pop()
            if ontology in seen:
                continue
            seen.add(ontology)
            pending += self.triples.objects(ontology, OWL("imports"))
            for each in self.triples.objects(ontology, _sh("declare")):
                prefix = self.triples.one(each, _sh("prefix"))
                namespace = self.triples.one(each, _sh("namespace"))
                if isinstance(prefix, ox.Literal) and isinstance(namespace, ox.Literal):
                    if not _PREFIX.fullmatch(prefix.value):
                        raise ValueError(f"not a prefix: {prefix.value}")
                    yield f"PREFIX {prefix.value}: {ox.NamedNode(namespace.value)}\n"

    def _components(self) -> Iterator[Component]:
        for kind in self._closure(_sh("ConstraintComponent")):
            for term in self.triples.subjects(RDF("type"), kind):
                if isinstance(term, ox.NamedNode) and term not in SH:
                    yield self._component(term)

    def _component(self, term: ox.NamedNode) -> Component:
        required: list[tuple[str, ox.NamedNode]] = []
        optional: list[tuple[str, ox.NamedNode]] = []
        for node in self.triples.objects(term, _sh("parameter")):
            path = self.triples.one(node, _sh("path"))
            if isinstance(path, ox.NamedNode):
                name = re.split(r"[/#:]", path.value)[-1]
                wanted = is_true(self.triples.one(node, _sh("optional")))
                (optional if wanted else required).append((name, path))
        validators = {
            name: self._validator(self.triples.one(term, _sh(name)))
            for name in ("validator", "nodeValidator", "propertyValidator")
        }
        return Component(
            term=term,
            required=tuple(required),
            optional=tuple(optional),
            node_validator=validators["nodeValidator"] or validators["validator"],
            property_validator=validators["propertyValidator"] or validators["validator"],
            messages=self._messages(term),
        )

    def _validator(self, term: Term | None) -> Query | None:
        if term is None:
            return None
        return self._query(term, _sh("ask")) or self._query(term, _sh("select"))

    def _own(
        self, node: Node, components: dict[ox.NamedNode, Component], faults: list[str]
    ) -> Iterator[Constraint]:
        for component in components.values():
            asked = {name: self.triples.objects(node, path) for name, path in component.required}
            if not asked or not all(asked.values()):
                continue
            for name, path in component.optional:
                if values := self.triples.objects(node, path):
                    asked[name] = values
            if len(asked) > 1 and any(len(values) > 1 for values in asked.values()):
                faults.append(str(component.term))
            for each in itertools.product(*asked.values()):
                options = tuple((name, (value,)) for name, value in zip(asked, each, strict=True))
                yield Constraint(component.term, (), options)


def _is_count(term: Term) -> bool:
    return (
        isinstance(term, ox.Literal)
        and term.datatype == XSD("integer")
        and _WHOLE.fullmatch(term.value) is not None
    )
