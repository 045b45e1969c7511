"""Runs compiled checks on data and says what breaks them."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from nhm_graph.checks.compiled.compiling import Ask, Check, Compiled, Solution
from nhm_graph.checks.compiled.conditions import component
from nhm_graph.checks.compiled.model import SPARQL
from nhm_graph.checks.compiled.paths import Path, Predicate, path_text
from nhm_graph.checks.compiled.targets import Filling
from nhm_graph.checks.compiled.triples import Node, Term

_PLACE = re.compile(r"\{[?$](\w+)\}")
_WITHOUT_VALUE = frozenset(
    component(name) for name in ("MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount")
) | {component("UniqueLang"), component("HasValue")}


@dataclass(frozen=True, slots=True)
class Result:
    """A validation result (SHACL 3.6.2). `constraint` is the sh:sparql that found it."""

    focus: Term
    path: Path | None
    value: Term | None
    component: ox.NamedNode
    shape: Node
    severity: ox.NamedNode
    messages: tuple[ox.Literal, ...] = ()
    constraint: Term | None = None


def asking(store: ox.Store) -> Ask:
    """What puts a SELECT to the default graph of a store.

    >>> list(asking(ox.Store())("SELECT ?s { ?s ?p ?o }"))
    []
    """

    def ask(text: str) -> Iterable[Solution]:
        solutions = store.query(text)
        if not isinstance(solutions, ox.QuerySolutions):
            raise TypeError("not a SELECT")
        return solutions

    return ask


def run_checks(
    compiled: Compiled,
    ask: Ask,
    focus: Collection[Term] | None = None,
    filling: Filling | None = None,
) -> Iterator[Result]:
    """What breaks the checks. `ask` puts a SELECT to the data, all of it in the default graph.

    `focus`: only these of the nodes that targets choose. `filling`: what `compiled.bound` said, if
    it is already known. A blank node among `focus` cannot be named in a query; then everything is
    checked and the rest left out, which takes longer and needs an engine that keeps the names of
    blank nodes.

    >>> from nhm_graph.checks.compiled.compiling import compile_shapes
    >>> shape = '''PREFIX sh: <http://www.w3.org/ns/shacl#>
    ... <x:S> sh:targetClass <x:C> ; sh:property [ sh:path <x:p> ; sh:minCount 1 ] .'''
    >>> store = ox.Store()
    >>> store.load(b"<x:a> a <x:C> .", format=ox.RdfFormat.TURTLE)
    >>> shapes = compile_shapes(ox.parse(shape, format=ox.RdfFormat.TURTLE))
    >>> [each.focus.value for each in run_checks(shapes, asking(store))]
    ['x:a']
    """
    if focus is not None and not focus:
        return
    filling = filling or compiled.bound(ask)
    named = focus is not None and not any(isinstance(each, ox.BlankNode) for each in focus)
    if focus is not None and named:
        filling = Filling(filling.subclasses, tuple(dict.fromkeys(focus)))
    wanted = None if focus is None or named else frozenset(focus)
    for check in compiled.checks:
        if filling.idle(check.targets):
            continue
        root = check.place.root[1:]
        for solution in ask(filling.fill(check.text, check.targets)):
            if wanted is None or solution[root] in wanted:
                yield _result(check, solution)


def _result(check: Check, solution: Solution) -> Result:
    focus, path = _term(solution, "this"), check.source.path
    assert focus is not None
    value = None if check.component in _WITHOUT_VALUE else _term(solution, "value")
    messages = check.messages
    if check.component == component("Closed"):
        predicate = _term(solution, "predicate")
        path = Predicate(predicate) if isinstance(predicate, ox.NamedNode) else None
    elif check.term is not None:
        found = _term(solution, "path")
        path = Predicate(found) if isinstance(found, ox.NamedNode) else path
        if value is None and check.source.path is None:
            value = focus
        said = _term(solution, "message")
        messages = (said,) if isinstance(said, ox.Literal) else messages
        messages = tuple(_filled(each, check, solution) for each in messages)
    return Result(
        focus=focus,
        path=path,
        value=value,
        component=check.component,
        shape=check.shape,
        severity=check.source.severity,
        messages=messages,
        constraint=check.term if check.component == SPARQL else None,
    )


def _term(solution: Solution, name: str) -> Term | None:
    try:
        term = solution[name]
    except KeyError:
        return None
    return term if isinstance(term, (ox.NamedNode, ox.BlankNode, ox.Literal)) else None


def _filled(message: ox.Literal, check: Check, solution: Solution) -> ox.Literal:
    """The message with {?name} and {$name} replaced by what the names stand for."""
    if "{" not in message.value:
        return message

    def put(found: re.Match[str]) -> str:
        if found[1] == "PATH" and check.source.path is not None:
            return path_text(check.source.path)
        given = check.constraint.option(found[1])
        term = _term(solution, found[1]) or (given[0] if given else None)
        return found[0] if term is None else term.value

    text = _PLACE.sub(put, message.value)
    return ox.Literal(text, language=message.language) if message.language else ox.Literal(text)
