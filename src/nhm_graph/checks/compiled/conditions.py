"""Whether a node conforms to a shape, as one expression of SPARQL 1.1 that is never an error.

Each EXISTS has one triple pattern and nests the next: two patterns in one explode on Oxigraph.
Inside EXISTS the outer variable has its value (SPARQL 1.1, 18.6), so it is the node in question.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pyoxigraph as ox

from nhm_graph.checks.compiled.model import Constraint, Shape, Shapes
from nhm_graph.checks.compiled.paths import (
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    ZeroOrMore,
    may_be_empty,
    path_text,
)
from nhm_graph.checks.compiled.triples import Node, Term
from nhm_graph.checks.compiled.values import (
    OXIGRAPH,
    STANDARD,
    VALUE_TESTS,
    Dialect,
    Uncompilable,
    constant,
    one_of,
    refuse_unportable,
)
from nhm_graph.rdf.terms import SH

# Distinct values are told apart pair by pair, so that many would make a long text.
_MOST = 5
ValueTest = Callable[[str], str]


def component(name: str) -> ox.NamedNode:
    """The constraint component of this name.

    >>> component("In").value
    'http://www.w3.org/ns/shacl#InConstraintComponent'
    """
    return SH(name + "ConstraintComponent")


@dataclass(slots=True)
class Conditions:
    """Writes conditions on the shapes of one shapes graph.

    `outside` says that focus nodes may be terms that no triple mentions (sh:targetNode): of those
    an engine may forget that a path of length zero leads to themselves.
    """

    shapes: Shapes
    outside: bool = False
    dialect: Dialect = OXIGRAPH
    _names: "count[int]" = field(default_factory=count)
    _above: list[Node] = field(default_factory=list)

    def fresh(self, letter: str = "v") -> str:
        """A variable that occurs nowhere else."""
        return f"?c_{letter}{next(self._names)}"

    def conforms(self, var: str, term: Term) -> str:
        """Whether the node conforms to the shape."""
        shape = None if isinstance(term, ox.Literal) else self.shapes.shapes.get(term)
        if shape is None:
            raise Uncompilable(str(term), "no shape")
        if shape.deactivated:
            return "true"
        if shape.term in self._above:
            raise Uncompilable(str(shape.term), "the shape refers to itself")
        if shape.faults:
            raise Uncompilable(shape.faults[0], "not well-formed")
        self._above.append(shape.term)
        parts = [self._kept(var, shape, constraint) for constraint in shape.constraints]
        self._above.pop()
        return _all(parts)

    def _kept(self, var: str, shape: Shape, constraint: Constraint) -> str:
        whole = self.of_focus(var, shape, constraint)
        if whole is not None:
            return whole
        if shape.path is None:
            return self.of_value(var, constraint)
        return negated(self.some(var, shape.path, lambda v: negated(self.of_value(v, constraint))))

    def some(self, var: str, path: Path, test: ValueTest) -> str:
        """Whether a value at the end of the path passes the test.

        Step by step: told the whole path at once, an engine may start at its far end.
        """
        if isinstance(path, OneOrMore):
            path = Sequence((path.path, ZeroOrMore(path.path)))
        if isinstance(path, Sequence):
            first, rest = path.parts[0], _shorter(path)
            return self.some(var, first, lambda v: self.some(v, rest, test))
        value = self.fresh()
        tested = test(value)
        if tested == "false":
            return "false"
        extra = "" if tested == "true" else f" FILTER({tested})"
        found = f"EXISTS {{ {var} {path_text(path)} {value}{extra} }}"
        if self.outside and may_be_empty(path):
            return f"({found} || {test(var)})"
        return found

    def at_least(self, number: int, var: str, path: Path, test: ValueTest) -> str:
        """Whether that many different values at the end of the path pass the test."""
        if number > _MOST:
            raise Uncompilable("count", f"more than {_MOST} values within another shape")
        return self._more(number, var, path, test, ())

    def _more(
        self, number: int, var: str, path: Path, test: ValueTest, others: tuple[str, ...]
    ) -> str:
        if number <= 0:
            return "true"

        def another(value: str) -> str:
            apart = [f"!sameTerm({value}, {other})" for other in others]
            return _all(
                [*apart, test(value), self._more(number - 1, var, path, test, (*others, value))]
            )

        return self.some(var, path, another)

    def of_focus(self, var: str, shape: Shape, constraint: Constraint) -> str | None:
        """Whether a focus node keeps a constraint on all its values together.

        None where the constraint is one on each value by itself.
        """
        if shape.path is None:
            return None
        path, value = shape.path, constraint.value if constraint.values else None
        name = constraint.component
        if name == component("MinCount"):
            return self.at_least(number(value), var, path, _any_value)
        if name == component("MaxCount"):
            return negated(self.at_least(number(value) + 1, var, path, _any_value))
        if name in (component("QualifiedMinCount"), component("QualifiedMaxCount")):
            least = name == component("QualifiedMinCount")
            wanted = number(constraint.option("count")[0]) + (0 if least else 1)
            test = self.qualified(shape, constraint)
            found = self.at_least(wanted, var, path, test)
            return found if least else negated(found)
        if name == component("HasValue") and value is not None:
            return self.has_value(var, path, value)
        if name == component("UniqueLang"):
            return negated(self.some(var, path, lambda v: self.repeated_language(var, path, v)))
        if name == component("Equals"):
            other = Predicate(named(value, "sh:equals"))
            here = self.some(var, path, lambda v: f"NOT EXISTS {{ {var} {other.iri} {v} }}")
            there = self.some(
                var, other, lambda w: negated(self.some(var, path, lambda v: same(v, w)))
            )
            return _all([negated(here), negated(there)])
        if name in (component("LessThan"), component("LessThanOrEquals")):
            return negated(self.some(var, path, lambda v: self.not_less(var, v, constraint)))
        if name == component("Disjoint"):
            other = Predicate(named(value, "sh:disjoint"))
            return negated(self.some(var, path, lambda v: f"EXISTS {{ {var} {other.iri} {v} }}"))
        return None

    def of_value(self, var: str, constraint: Constraint) -> str:
        """Whether one value keeps a constraint. Of a node shape, the node is its own value."""
        name = constraint.component
        if name == component("Pattern") and self.dialect == STANDARD:
            refuse_unportable(constraint)
        if name in VALUE_TESTS:
            return VALUE_TESTS[name](var, constraint)
        values = constraint.values
        if name in (component("Node"), component("Property")):
            return self.conforms(var, constraint.value)
        if name == component("Not"):
            return negated(self.conforms(var, constraint.value))
        if name == component("And"):
            return _all([self.conforms(var, each) for each in values])
        if name == component("Or"):
            return _any([self.conforms(var, each) for each in values])
        if name == component("Xone"):
            each_one = " + ".join(f"IF({self.conforms(var, each)}, 1, 0)" for each in values)
            return f"({each_one} = 1)"
        if name == component("Class"):
            return f"«class {var} {named(constraint.value, 'sh:class')}»"
        if name == component("HasValue"):
            return one_of(var, values)
        if name == component("Equals"):
            other, w = named(constraint.value, "sh:equals"), self.fresh()
            itself = f"EXISTS {{ {var} {other} {var} }}"
            return _all([itself, f"NOT EXISTS {{ {var} {other} {w} FILTER({differs(w, var)}) }}"])
        if name == component("Disjoint"):
            return f"NOT EXISTS {{ {var} {named(constraint.value, 'sh:disjoint')} {var} }}"
        if name == component("Closed"):
            return f"NOT EXISTS {{ {self.undeclared(var, constraint)} }}"
        raise Uncompilable(name.value.rpartition("#")[2], "not compiled within another shape")

    def undeclared(
        self, var: str, constraint: Constraint, predicate: str = "", value: str = ""
    ) -> str:
        """The pattern of the triples of a node that a closed shape does not allow."""
        predicate, value = predicate or self.fresh("p"), value or self.fresh()
        allowed = [*constraint.option("declared"), *constraint.option("ignoredProperties")]
        listed = ", ".join(constant(each, "sh:ignoredProperties") for each in allowed)
        return f"{var} {predicate} {value} FILTER({predicate} NOT IN ({listed}))"

    def qualified(self, shape: Shape, constraint: Constraint) -> ValueTest:
        """The test that a value counts for a qualified value shape and for none of its siblings."""
        siblings: tuple[Node, ...] = ()
        if constraint.option("qualifiedValueShapesDisjoint"):
            siblings = self.shapes.siblings.get(shape.term, ())

        def test(value: str) -> str:
            others = [negated(self.conforms(value, each)) for each in siblings]
            return _all([self.conforms(value, constraint.value), *others])

        return test

    def has_value(self, var: str, path: Path, value: Term) -> str:
        """Whether the path leads to the term."""
        if isinstance(path, Sequence):
            first, rest = path.parts[0], _shorter(path)
            return self.some(var, first, lambda v: self.has_value(v, rest, value))
        text = constant(value, "sh:hasValue")
        if isinstance(value, ox.NamedNode) and not may_be_empty(path):
            return f"EXISTS {{ {var} {path_text(path)} {text} }}"
        return self.some(var, path, lambda v: f"sameTerm({v}, {text})")

    def repeated_language(self, var: str, path: Path, value: str) -> str:
        """Whether another value of the path has the same language tag."""
        other = self.some(
            var,
            path,
            lambda w: f"!sameTerm({value}, {w}) && LCASE(LANG({value})) = LCASE(LANG({w}))",
        )
        return f'(isLiteral({value}) && LANG({value}) != "" && {other})'

    def not_less(self, var: str, value: str, constraint: Constraint, other: str = "") -> str:
        """Whether the value is not less than each value of the other property."""
        sign = "<" if constraint.component == component("LessThan") else "<="
        other = other or self.fresh()
        pair = named(constraint.value, "sh:lessThan")
        return f"EXISTS {{ {var} {pair} {other} FILTER(!COALESCE({value} {sign} {other}, false)) }}"


def _shorter(path: Sequence) -> Path:
    rest = path.parts[1:]
    return rest[0] if len(rest) == 1 else Sequence(rest)


def number(term: Term | None) -> int:
    """A count as a number.

    >>> number(ox.Literal(3))
    3
    """
    return int(term.value) if isinstance(term, ox.Literal) else 0


def named(term: Term | None, construct: str) -> ox.NamedNode:
    """The term, which has to be an IRI; else Uncompilable."""
    if not isinstance(term, ox.NamedNode):
        raise Uncompilable(construct, "not an IRI")
    return term


def same(one: str, other: str) -> str:
    """Whether two variables hold the same term."""
    return f"sameTerm({one}, {other})"


def differs(one: str, other: str) -> str:
    """Whether two variables hold different terms."""
    return f"!sameTerm({one}, {other})"


def negated(test: str) -> str:
    """The opposite of a condition.

    >>> negated("NOT EXISTS { ?a ?b ?c }"), negated("true"), negated("!bound(?a)")
    ('EXISTS { ?a ?b ?c }', 'false', '!(!bound(?a))')
    """
    if test in ("true", "false"):
        return "false" if test == "true" else "true"
    for begin, opposite in (("NOT EXISTS {", "EXISTS {"), ("EXISTS {", "NOT EXISTS {")):
        if test.startswith(begin) and _closes_at_end(test):
            return opposite + test.removeprefix(begin)
    return f"!({test})"


def _closes_at_end(test: str) -> bool:
    """Whether the brace opened first is the one closed last; braces in texts give up early."""
    if '"' in test:
        return False
    depth = 0
    for place, sign in enumerate(test):
        depth += (sign == "{") - (sign == "}")
        if sign == "}" and depth == 0:
            return place == len(test) - 1
    return False


def _any_value(_value: str) -> str:
    return "true"


def _all(parts: list[str]) -> str:
    if "false" in parts:
        return "false"
    kept = [part for part in dict.fromkeys(parts) if part != "true"]
    return _joined(kept, " && ") if kept else "true"


def _any(parts: list[str]) -> str:
    if "true" in parts:
        return "true"
    kept = [part for part in dict.fromkeys(parts) if part != "false"]
    return _joined(kept, " || ") if kept else "false"


def _joined(parts: list[str], sign: str) -> str:
    return parts[0] if len(parts) == 1 else "(" + sign.join(parts) + ")"
