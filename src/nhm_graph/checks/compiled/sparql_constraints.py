"""sh:sparql and components of one's own (SHACL 5 and 6) as one SELECT for all targets."""

from collections.abc import Mapping

from nhm_graph.checks.compiled.constraints import Place
from nhm_graph.checks.compiled.model import Component, Constraint, Query, Shape
from nhm_graph.checks.compiled.paths import path_text
from nhm_graph.checks.compiled.sparql_text import (
    Parts,
    Token,
    is_grouped,
    parts,
    places_to_bind,
)
from nhm_graph.checks.compiled.values import MARK, Uncompilable, constant


def sparql_select(place: Place, shape: Shape, query: Query) -> str:
    """The SELECT of a sh:sparql constraint with the targets joined. Raises Uncompilable."""
    return _select(place, shape, query, {})


def component_select(
    place: Place, shape: Shape, own: Component, constraint: Constraint
) -> tuple[str, Query]:
    """The SELECT for a component of one's own, and the validator that it comes from.

    Raises Uncompilable.
    """
    query = own.node_validator if shape.path is None else own.property_validator
    if query is None:
        raise Uncompilable(str(own.term), "no SPARQL validator for this kind of shape")
    given = {
        name: constant(values[0], str(own.term)) for name, values in constraint.options if values
    }
    if query.ask:
        return _ask(place, shape, query, given), query
    return _select(place, shape, query, given), query


def _select(place: Place, shape: Shape, query: Query, given: Mapping[str, str]) -> str:
    text = query.text.replace(*MARK)
    found = parts(text)
    wanting = places_to_bind(found, ("this", *given))
    _refuse_clashes(place, found)
    grouped = is_grouped(found)
    if grouped and place.steps:
        raise Uncompilable("sh:sparql", "an aggregate below another shape's path")
    shown = _shown(place, found)
    changes = _changes(found, shape, given)
    targets = f" {place.text('distinct' if grouped else 'target')} "
    changes += [(at, at, targets) for at in (found.inside, *wanting)]
    changes += shown
    return _prefixes(query) + _changed(text, changes)


def _ask(place: Place, shape: Shape, query: Query, given: Mapping[str, str]) -> str:
    text = query.text.replace(*MARK)
    found = parts(text)
    places_to_bind(found, ("this", "value", *given))  # all of it is within EXISTS
    _refuse_clashes(place, found)
    first, last = found.body[0].start, found.body[-1].end
    changes = [
        (start - first, end - first, new)
        for start, end, new in _changes(found, shape, given)
        if start >= first
    ]
    group = _changed(text[first:last], changes)
    if shape.path is None:
        pattern = f"{place.text()} BIND(?this AS ?value)"
    else:
        pattern = place.walked(place.text(), "?this", shape.path, "?value")
    body = f"{pattern} FILTER NOT EXISTS {group}"
    return f"{_prefixes(query)}SELECT DISTINCT {place.key} ?value WHERE {{ {body} }}"


def _prefixes(query: Query) -> str:
    """The prefixes that the text may use; each costs when the SELECT is parsed, which is often."""
    return "".join(
        f"{line}\n"
        for line in query.prefixes.splitlines()
        if line.removeprefix("PREFIX").lstrip().partition(":")[0] + ":" in query.text
    )


def _shown(place: Place, query: Parts) -> list[tuple[int, int, str]]:
    """Makes the projection distinct and complete."""
    at = next((n for n, token in enumerate(query.head) if token.word == "SELECT"), None)
    if at is None:
        raise Uncompilable("sh:sparql", "not a SELECT query")
    projection = query.head[at + 1 :]
    if any(token.text == "*" for token in projection[:2]):
        raise Uncompilable("sh:sparql", "SELECT *")
    if any(token.names("failure") for token in projection):
        raise Uncompilable("sh:sparql", "?failure in the query")
    missing = [
        name
        for name in place.key.split()
        if not any(token.names(name[1:]) for token in _bare(projection))
    ]
    first = projection[0] if projection else query.head[at]
    select = query.head[at]
    if first.word in ("DISTINCT", "REDUCED"):
        return [(first.start, first.end, "DISTINCT " + " ".join(missing))]
    return [(select.end, select.end, " DISTINCT " + " ".join(missing) + " ")]


def _bare(projection: list[Token]) -> list[Token]:
    """The variables of a projection that stand by themselves, not within an expression."""
    depth, found = 0, []
    for token in projection:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            found.append(token)
    return found


def _changes(query: Parts, shape: Shape, given: Mapping[str, str]) -> list[tuple[int, int, str]]:
    changes = []
    everything = [*query.head, *query.body, *query.tail]
    for at, token in enumerate(everything):
        if token.text == "$PATH":
            if shape.path is None:
                raise Uncompilable("sh:sparql", "$PATH without a path")
            changes.append((token.start, token.end, f"({path_text(shape.path)})"))
        elif token.kind == "var" and token.text[1:] in given:
            asks = [each.word for each in everything[max(0, at - 2) : at]]
            if "BOUND" in asks or token in query.head:
                raise Uncompilable("sh:sparql", f"{token.text} where no constant may stand")
            changes.append((token.start, token.end, given[token.text[1:]]))
    return changes


def _changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _refuse_clashes(place: Place, query: Parts) -> None:
    """Refuses what would mean something else together with the targets.

    That is a path of length zero from a term that no triple mentions, which pre-bound would be
    found, and a variable that is called like one of the compiler's.
    """
    if place.outside and any(token.text in ("*", "?") for token in query.body):
        raise Uncompilable("sh:sparql", "a path that may be empty, from sh:targetNode")
    for token in (*query.head, *query.body, *query.tail):
        own = token.kind == "var" and token.text[1:].startswith("c_")
        if own or (place.steps and token.names("root")):
            raise Uncompilable("sh:sparql", f"{token.text} is a name of the compiler's")
