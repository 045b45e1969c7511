"""Whether two engines found the same, as far as both say it; and what of the shapes that needs."""

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from damage import Result
from validation_engines import Engine

_SH = "http://www.w3.org/ns/shacl#"
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_COMPONENT = "ConstraintComponent"
_PARTS = (
    f"SELECT ?root ?part {{ ?root <{_SH}property>+ ?part FILTER (isIRI(?root) && isIRI(?part)) }}"
)


def difference(shapes: Path, engine: Engine, found: set[Result], expected: set[Result]) -> str:
    """In words: "all", "all, by …" where less is named, or how many are missing and too many.

    An engine that finds nothing at all for a component does not do the same work, which is said.
    """
    roots = roots_of(shapes)
    wanted = {seen(each, engine.grain, roots) for each in expected}
    found = {seen(each, engine.grain, roots) for each in found}
    missing, more = len(wanted - found), len(found - wanted)
    said = f"{missing} missing, {more} more" if missing or more else "all"
    if engine.grain != "component":
        return f"{said}, by {engine.grain}"
    without = {each[2] for each in wanted} - {each[2] for each in found}
    if without:
        names = (each.rpartition("#")[2].removesuffix(_COMPONENT) for each in without)
        said += f", NOT THE SAME WORK: no {', '.join(sorted(names))}"
    return said


def seen(result: Result, grain: str, roots: Mapping[str, str]) -> Result:
    """A result as an engine tells it that names no more than `grain` (see Engine)."""
    focus, shape, _component = result
    if grain == "component":
        return result
    return (focus, roots.get(shape, shape) if grain == "shape" else "", "")


def roots_of(shapes: Path) -> dict[str, str]:
    """The top-level shape of each named part of a shape, by IRI."""
    store = ox.Store()
    store.bulk_load(path=str(shapes), format=ox.RdfFormat.TURTLE)
    found = store.query(_PARTS)
    return {each["part"].value: each["root"].value for each in found}  # type: ignore[union-attr]


def targeting(shapes: Path, data: ox.Store, node: ox.NamedNode) -> list[str]:
    """The top-level shapes of which a node is a target, and their named parts, by IRI."""
    store = ox.Store()
    store.bulk_load(path=str(shapes), format=ox.RdfFormat.TURTLE)
    asked = f"SELECT ?class {{ <{node.value}> a/<{_SUBCLASS}>* ?class }}"
    classes = {each["class"] for each in data.query(asked)}  # type: ignore[union-attr]
    known = {
        "targetClass": classes,
        "targetNode": {node},
        "targetSubjectsOf": {q.predicate for q in data.quads_for_pattern(node, None, None, None)},
        "targetObjectsOf": {q.predicate for q in data.quads_for_pattern(None, None, node, None)},
    }
    aimed = {
        quad.subject.value
        for local, terms in known.items()
        for quad in store.quads_for_pattern(None, ox.NamedNode(_SH + local), None, None)
        if quad.object in terms and isinstance(quad.subject, ox.NamedNode)
    }
    return sorted(aimed | {part for part, root in roots_of(shapes).items() if root in aimed})
