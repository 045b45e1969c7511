"""What each question about one city costs with 1 and with 100 cities in the store on disk.

A question should cost what its city costs, however many other cities are beside it. Measured in
one process: binding the values, evaluating, reading the whole answer; without HTTP.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from statistics import median

import report
from nhm_graph.catalog.questions import NamedQuestion, Parameter
from nhm_graph.graph import Bound, Graph
from nhm_graph.store.rows import rows
from stores import open_folder, store_of

CITY = "stadt-0001"
TARGET_RATIO = 1.5
_MOST_TRIED = 40
_FIRST = "sdg-coverage"


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one question in one store: to bind the values, and to get the answer."""

    bind: list[float]
    answer: list[float]

    def whole(self) -> list[float]:
        """Both together, round by round."""
        return [bind + answer for bind, answer in zip(self.bind, self.answer, strict=True)]


def run(quick: bool) -> bool:
    """Prints the table; true where every question stays below the target ratio."""
    few, many = 1, 20 if quick else 100
    rounds = 7 if quick else 25
    print(f"## Each city question with {few} and with {many} cities in the store\n")
    folders = store_of(few), store_of(many)
    opened = [_opened(folder, rounds // 5) for folder in folders]
    small, large = map(open_folder, folders)
    try:
        lines = _compare(small, large, rounds)
        others = median(_another_city(large, number) for number in range(2, 2 + rounds // 2))
    finally:
        small.close()
        large.close()
    head = ["question", "rows", "ms, 1 city", f"ms, {many}", "ratio", "of it binding", "verdict"]
    print(report.table(head, lines))
    print(f"\nTarget: ratio below {TARGET_RATIO} for each. Medians of {rounds} rounds, in turn.\n")
    head = ["without a target, ms", f"{few} city", f"{many} cities", "ratio"]
    names = ("opening the store", f"the first question after that ({_FIRST})")
    more = [
        [name, f"{before:.0f}", f"{after:.0f}", f"{after / before:.2f}"]
        for name, before, after in zip(names, *opened, strict=True)
    ]
    more.append([f"the first question about another city ({_FIRST})", "", f"{others:.0f}", ""])
    print(report.table(head, more) + "\n")
    return all(line[-1] == "PASS" for line in lines)


def _opened(folder: Path, rounds: int) -> tuple[float, float]:
    """Milliseconds to open a store, and then to answer the first question about a city."""
    opening, first = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        graph = open_folder(folder)
        between = time.perf_counter()
        graph.ask(_FIRST, {"city": CITY}, "de")
        ended = time.perf_counter()
        graph.close()
        opening.append((between - started) * 1000)
        first.append((ended - between) * 1000)
    return median(opening), median(first)


def _another_city(graph: Graph, number: int) -> float:
    """Milliseconds of a question about a city of which nothing is in memory yet."""
    started = time.perf_counter()
    graph.ask(_FIRST, {"city": f"stadt-{number:04}"}, "de")
    return (time.perf_counter() - started) * 1000


def _compare(small: Graph, large: Graph, rounds: int) -> list[list[str]]:
    asked = _questions(small)
    sizes = {}
    for name, given in asked.items():
        found = _answer(small, small.question(name), given)
        if found != _answer(large, large.question(name), given):
            raise AssertionError(f"{name}: other cities change the answer")
        sizes[name] = len(found)
    costs = {name: (Cost([], []), Cost([], [])) for name in asked}
    # All questions in each round, so that what disturbs the machine for a moment disturbs all.
    for number in range(rounds):
        for name, given in asked.items():
            pairs = list(zip((small, large), costs[name], strict=True))
            for graph, cost in pairs if number % 2 else reversed(pairs):
                _measure(graph, name, given, cost)
    return [_line(name, sizes[name], *costs[name]) for name in asked]


def _questions(graph: Graph) -> dict[str, dict[str, str]]:
    """The questions about one city with their values; says which cannot be asked, and why."""
    asked = {}
    for question in graph.questions.values():
        if question.scope != "city":
            continue
        given = values_for(graph, question)
        missing = [
            each.name for each in question.parameters if each.required and each.name not in given
        ]
        if missing:
            print(f"  {question.name}: not asked, a synthetic city has no {', '.join(missing)}")
        else:
            asked[question.name] = given
    return asked


def _measure(graph: Graph, name: str, given: Mapping[str, str], cost: Cost) -> None:
    started = time.perf_counter()
    bound = graph.bind(name, given, "de")
    between = time.perf_counter()
    _read(graph, bound)
    ended = time.perf_counter()
    cost.bind.append((between - started) * 1000)
    cost.answer.append((ended - between) * 1000)


def _line(name: str, size: int, one: Cost, hundred: Cost) -> list[str]:
    before, after = median(one.whole()), median(hundred.whole())
    ratio = after / before
    binding = f"{median(one.bind):.2f} → {median(hundred.bind):.2f}"
    verdict = "PASS" if ratio < TARGET_RATIO else "above"
    return [name, str(size), f"{before:.2f}", f"{after:.2f}", f"{ratio:.2f}", binding, verdict]


def values_for(graph: Graph, question: NamedQuestion, city: str = CITY) -> dict[str, str]:
    """A value for each required parameter, such that the answer has rows where any values do."""
    open_ones = [
        each
        for each in question.parameters
        if each.name != "city" and each.required and each.default is None
    ]
    given = {"city": city}
    choices = [_choices(graph, question, parameter, city) for parameter in open_ones]
    for values in islice(product(*choices), _MOST_TRIED):
        given |= zip((each.name for each in open_ones), values, strict=True)
        if _answer(graph, question, given):
            break
    return given


def _choices(graph: Graph, question: NamedQuestion, parameter: Parameter, city: str) -> list[str]:
    """Texts that the parameter admits: its example, or keys of things in an arbitrary order."""
    if parameter.kind != "iri" or not parameter.key:
        if parameter.example is None:
            raise AssertionError(f"{question.name}: {parameter.name} has no example")
        return [parameter.example]
    found = graph.store.query(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT DISTINCT ?key { "
        f"?thing a/rdfs:subClassOf* <{parameter.cls}> ; <{parameter.key}> ?key }} "
        f"ORDER BY MD5(STR(?key)) LIMIT {_MOST_TRIED}",
        graph.graphs_of_city(graph.city(city, "de")),
    )
    return [str(key) for (key,) in rows(found)]


def _answer(graph: Graph, question: NamedQuestion, given: Mapping[str, str]) -> list[str]:
    return sorted(map(str, _read(graph, graph.bind(question.name, given, "de"))))


def _read(graph: Graph, bound: Bound) -> list[object]:
    result = graph.evaluate(bound)
    if bound.question.form == "construct":
        return [*result]  # type: ignore[misc]
    return [*rows(result)]
