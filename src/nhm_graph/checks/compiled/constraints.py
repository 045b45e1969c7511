"""One SELECT for each constraint of a shape: which focus nodes and values break it.

Variables of every SELECT: ?this is the focus node, ?value the value (where the specification has
one), ?predicate the property that a closed shape does not allow. ?root is the node that a target
chose, where sh:property leads from there to other focus nodes.
"""

from dataclasses import dataclass

from nhm_graph.checks.compiled.conditions import Conditions, component, named, negated, number
from nhm_graph.checks.compiled.model import Constraint, Shape
from nhm_graph.checks.compiled.paths import Path, may_be_empty, path_text

# Up to so many values are told apart pair by pair, more of them are counted.
_PAIRS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """How focus nodes are reached from the nodes that a target chooses: by paths of shapes."""

    steps: tuple[Path, ...] = ()
    outside: bool = False

    @property
    def root(self) -> str:
        """The variable of the node that the target chooses."""
        return "?root" if self.steps else "?this"

    @property
    def key(self) -> str:
        """The variables that tell results of different focus nodes apart."""
        return "?root ?this" if self.steps else "?this"

    def text(self, mark: str = "target") -> str:
        """The pattern that binds ?this."""
        text, here = f"«{mark} {self.root}»", self.root
        for index, step in enumerate(self.steps, 1):
            there = "?this" if index == len(self.steps) else f"?c_f{index}"
            text, here = self.walked(text, here, step, there), there
        return text

    def walked(self, text: str, here: str, path: Path, there: str) -> str:
        """The pattern, continued along a path."""
        walked = f"{text} {here} {path_text(path)} {there} ."
        if self.outside and may_be_empty(path):
            return f"{{ {walked} }} UNION {{ {text} BIND({here} AS {there}) }}"
        return walked

    def below(self, shape: Shape) -> "Place":
        """Where the property shapes of a shape look."""
        steps = self.steps if shape.path is None else (*self.steps, shape.path)
        return Place(steps, self.outside)


def select_text(place: Place, shape: Shape, constraint: Constraint, conditions: Conditions) -> str:
    """The SELECT for a constraint of SHACL Core, with marks. Raises Uncompilable."""
    writer = _Writer(place, conditions)
    name = constraint.component
    if name == component("Closed"):
        return writer.closed(shape, constraint)
    if shape.path is None:
        kept = conditions.of_value("?this", constraint)
        if name == component("Equals"):
            return writer.unequal_to_itself(constraint)
        shown = "" if name == component("HasValue") else " (?this AS ?value)"
        return writer.select(shown, f"{place.text()} FILTER({negated(kept)})")
    if name in _COUNTED:
        return writer.counted(shape.path, shape, constraint)
    if name == component("UniqueLang"):
        return writer.languages(shape.path)
    if name == component("Equals"):
        return writer.unequal(shape.path, constraint)
    if name in (component("LessThan"), component("LessThanOrEquals")):
        return writer.not_less(shape.path, constraint)
    if name == component("HasValue"):
        kept = conditions.has_value("?this", shape.path, constraint.value)
        return writer.select("", f"{place.text()} FILTER({negated(kept)})")
    if name == component("Disjoint"):
        bad = f"EXISTS {{ ?this {named(constraint.value, 'sh:disjoint')} ?value }}"
    else:
        bad = negated(conditions.of_value("?value", constraint))
    return writer.select(" ?value", f"{writer.values(shape.path)} FILTER({bad})")


_COUNTED = tuple(
    component(name) for name in ("MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount")
)


@dataclass(frozen=True, slots=True)
class _Writer:
    place: Place
    conditions: Conditions

    def select(self, shown: str, body: str) -> str:
        return f"SELECT DISTINCT {self.place.key}{shown} WHERE {{ {body} }}"

    def values(self, path: Path, value: str = "?value") -> str:
        return self.place.walked(self.place.text(), "?this", path, value)

    def counted(self, path: Path, shape: Shape, constraint: Constraint) -> str:
        qualified = constraint.component.value.rpartition("#")[2].startswith("Qualified")
        least = "Min" in constraint.component.value
        wanted = number(constraint.option("count")[0] if qualified else constraint.value)
        if least and wanted == 0:
            return ""
        test = self.conditions.qualified(shape, constraint) if qualified else _any_value
        text = self.place.text()
        if wanted + (not least) <= _PAIRS:
            enough = self.conditions.at_least(wanted + (not least), "?this", path, test)
            return self.select("", f"{text} FILTER({negated(enough) if least else enough})")
        if self.place.outside and may_be_empty(path):
            enough = self.conditions.at_least(wanted + (not least), "?this", path, test)
            return self.select("", f"{text} FILTER({negated(enough) if least else enough})")
        tested = test("?value")
        extra = "" if tested == "true" else f" FILTER({tested})"
        return (
            f"SELECT {self.place.key} WHERE {{ {text} "
            f"OPTIONAL {{ ?this {path_text(path)} ?value{extra} }} }} "
            f"GROUP BY {self.place.key} "
            f"HAVING(COUNT(DISTINCT ?value) {'<' if least else '>'} {wanted})"
        )

    def languages(self, path: Path) -> str:
        other = self.conditions.repeated_language("?this", path, "?c_value")
        body = f"{self.values(path, '?c_value')} FILTER({other})"
        return self.select(" (LCASE(LANG(?c_value)) AS ?c_language)", body)

    def unequal(self, path: Path, constraint: Constraint) -> str:
        other = named(constraint.value, "sh:equals")
        here = f"{self.values(path)} FILTER(NOT EXISTS {{ ?this {other} ?value }})"
        reached = self.conditions.some("?this", path, lambda v: f"sameTerm({v}, ?value)")
        there = f"{self.place.text()} ?this {other} ?value FILTER({negated(reached)})"
        return self.select(" ?value", f"{{ {here} }} UNION {{ {there} }}")

    def unequal_to_itself(self, constraint: Constraint) -> str:
        other, text = named(constraint.value, "sh:equals"), self.place.text()
        here = f"{text} FILTER(NOT EXISTS {{ ?this {other} ?this }}) BIND(?this AS ?value)"
        there = f"{text} ?this {other} ?value FILTER(!sameTerm(?this, ?value))"
        return self.select(" ?value", f"{{ {here} }} UNION {{ {there} }}")

    def not_less(self, path: Path, constraint: Constraint) -> str:
        sign = "<" if constraint.component == component("LessThan") else "<="
        other = named(constraint.value, "sh:lessThan")
        body = (
            f"{self.values(path)} ?this {other} ?c_other "
            f"FILTER(!COALESCE(?value {sign} ?c_other, false))"
        )
        return self.select(" ?value ?c_other", body)

    def closed(self, shape: Shape, constraint: Constraint) -> str:
        text, node = self.place.text(), "?this"
        if shape.path is not None:
            node = "?c_node"
            text = self.values(shape.path, node)
        found = self.conditions.undeclared(node, constraint, "?predicate", "?value")
        return self.select(" ?predicate ?value", f"{text} {found}")


def _any_value(_value: str) -> str:
    return "true"
