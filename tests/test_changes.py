"""After a change the findings are what a whole run would find, though little is run again."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.compiled.changes import Change, Known, affected, lookup_in, recheck
from nhm_graph.checks.compiled.changes_plan import Plan, plan_changes
from nhm_graph.checks.compiled.compiling import compile_shapes
from nhm_graph.checks.compiled.reach_ways import Lookup
from nhm_graph.checks.compiled.run import Result, asking, run_checks
from nhm_graph.checks.compiled.triples import Term

FIXTURES = sorted((Path(__file__).parent / "rules/fixtures").glob("*.ttl"))
ROOT = Path(__file__).resolve().parents[1]
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
BELOW = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
PREFIXES = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX : <x:> "
Edits = list[tuple[int, int, int, int]]


@cache
def rules() -> Plan:
    """The plan for all rules of shapes/."""
    quads = (quad for path in find_data_files().shapes() for quad in ox.parse(path=path))
    return plan_changes(compile_shapes(quads))


def plan_of(shapes: str) -> Plan:
    return plan_changes(compile_shapes(ox.parse(PREFIXES + shapes, format=ox.RdfFormat.TURTLE)))


def triples(turtle: str) -> list[ox.Triple]:
    text = f"{PREFIXES} {turtle} ." if turtle else ""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def store_of(content: Iterable[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in content)
    return store


def found_in(plan: Plan, store: ox.Store) -> frozenset[Result]:
    return frozenset(run_checks(plan.compiled, asking(store)))


def changed(
    plan: Plan, store: ox.Store, added: list[ox.Triple], removed: list[ox.Triple]
) -> tuple[Change, frozenset[Result]]:
    """The change by a recheck, which must lead to what a whole run finds."""
    before = found_in(plan, store)
    change = recheck(plan, Known(before), added, removed, lookup_in(store))
    after = store_of(quad.triple for quad in store)
    for triple in removed:
        after.remove(ox.Quad(*triple))
    after.extend(ox.Quad(*triple) for triple in added)
    whole = found_in(plan, after)
    assert change.gone <= before
    assert not change.new & before
    assert (before - change.gone) | change.new == whole, (added, removed)
    return change, whole


TWIN = plan_of(
    """:S sh:targetClass :C ; sh:sparql [ sh:select "SELECT $this ?value {
    $this <x:id> ?id . ?value <x:id> ?id FILTER (!sameTerm($this, ?value)) }" ] .""".replace(
        "\n", ""
    )
)
CYCLE = plan_of(
    """:S sh:targetClass :C ; sh:sparql [ sh:select
    "SELECT $this ?value { $this <x:up> ?value . ?value <x:up>* $this }" ] ."""
)
KIND = plan_of(":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D ] .")
INNER = plan_of(
    ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:property :Q ] . "
    ":Q sh:path :q ; sh:minCount 1 ."
)
EQUAL = plan_of(":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:equals :q ] .")
OFF_PATH = plan_of(
    """:S sh:targetClass :C ; sh:property [ sh:path :p ; sh:sparql [ sh:select
    "SELECT $this ?value { $this <x:q> ?value }" ] ] ."""
)


@pytest.mark.parametrize(
    ("plan", "data", "added", "removed", "new", "gone"),
    [
        pytest.param(TWIN, ":a a :C ; :id 1 . :b a :C", ":b :id 1", "", 2, 0, id="twin comes"),
        pytest.param(
            TWIN, ":a a :C ; :id 1 . :b a :C ; :id 1", "", ":b :id 1", 0, 2, id="twin goes"
        ),
        pytest.param(
            TWIN, ":a a :C ; :id 1 . :b :id 1", "", ":a a :C", 0, 1, id="no longer a target"
        ),
        pytest.param(
            TWIN,
            ":a a :C ; :id 1 . :b a :C ; :id 1",
            "",
            ":b a :C ; :id 1",
            0,
            2,
            id="node disappears",
        ),
        pytest.param(
            CYCLE,
            ":a a :C ; :up :b . :b a :C ; :up :c . :c a :C",
            ":c :up :a",
            "",
            3,
            0,
            id="chain becomes a cycle",
        ),
        pytest.param(KIND, ":a a :C ; :p :b", "", "", 0, 0, id="nothing changes"),
        pytest.param(KIND, ":a a :C ; :p :b", ":b a :D", "", 0, 1, id="type of a neighbour"),
        pytest.param(
            KIND, ":a a :C ; :p :b . :b a :E", f":E {BELOW} :D", "", 0, 1, id="subclass of a class"
        ),
        pytest.param(
            KIND, ":a a :T ; :p :b", f":T {BELOW} :C", "", 1, 0, id="subclass of a target"
        ),
        pytest.param(INNER, ":a a :C . :b :q 1", ":a :p :b", "", 0, 0, id="inner focus is sound"),
        pytest.param(INNER, ":a a :C ; :p :b", "", ":a :p :b", 0, 1, id="inner focus is cut off"),
        pytest.param(INNER, ":a :p :b", ":a a :C", "", 1, 0, id="target of an inner focus"),
        pytest.param(EQUAL, ":a a :C ; :q 1", "", ":a :q 1", 0, 1, id="path that leads nowhere"),
        pytest.param(OFF_PATH, ":a a :C", ":a :q 1", "", 1, 0, id="query that leaves its path"),
        pytest.param(
            KIND, ":a a :C ; :p :b", ":a :p :b", ":a :p :b", 0, 0, id="comes and goes: it stays"
        ),
    ],
)
def test_what_comes_and_goes(
    plan: Plan, data: str, added: str, removed: str, new: int, gone: int
) -> None:
    change, _whole = changed(plan, store_of(triples(data)), triples(added), triples(removed))
    assert (len(change.new), len(change.gone)) == (new, gone)


def test_a_node_about_which_nothing_is_read_is_not_rechecked_with_its_neighbours() -> None:
    """Of two nodes that change, one has what says at once that there is nothing to find."""
    plan = plan_of(
        ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxCount 0 ] ; sh:sparql [ sh:select "
        "'SELECT $this ?value { $this <x:p> ?value FILTER NOT EXISTS { $this <x:q> ?any } }' ] ."
    )
    store = store_of(triples(":a a :C ; :q 1 . :b a :C"))
    change, _whole = changed(plan, store, triples(":a :p 2 . :b :p 2"), [])
    assert len(change.new) == 3


def test_a_number_written_otherwise_is_the_same_triple() -> None:
    store = store_of(triples(":a a :C ; :id 1.5 . :b a :C ; :id 1.5"))
    change, _whole = changed(TWIN, store, [], triples(":b :id 1.50"))
    assert len(change.gone) == 2


def test_a_blank_node_is_rechecked_like_any_other() -> None:
    store = store_of(triples("[] a :C ; :p :b"))
    change, _whole = changed(KIND, store, triples(":b a :D"), [])
    assert len(change.gone) == 1


def test_results_follow_a_series_of_changes() -> None:
    store = store_of(triples(":a a :C ; :id 1 . :b a :C ; :id 2"))
    known = Known(found_in(TWIN, store))
    for added, removed in ((":b :id 1", ""), ("", ":a :id 1"), (":a :id 2", "")):
        come, go = triples(added), triples(removed)
        known.apply(recheck(TWIN, known, come, go, lookup_in(store)))
        for triple in go:
            store.remove(ox.Quad(*triple))
        store.extend(ox.Quad(*triple) for triple in come)
        assert frozenset(known) == found_in(TWIN, store)


def test_a_change_that_concerns_no_rule_runs_none() -> None:
    store = store_of(triples(":a a :C ; :id 1"))
    assert affected(TWIN, triples(":a :note 'x'"), [], lookup_in(store)) == {}


def test_only_nodes_that_are_targets_are_rechecked() -> None:
    store = store_of(triples(":a a :C ; :id 1 . :b a :Other ; :id 1"))
    found = affected(TWIN, triples(":b :id 2"), [], lookup_in(store))
    assert list(found.values()) == []
    found = affected(TWIN, [], triples(":b :id 1"), lookup_in(store))
    assert list(found.values()) == [frozenset((ox.NamedNode("x:a"),))]


class Counted:
    """Looks up in a store and counts what it reads."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup, self.read = lookup, 0

    def __call__(
        self, subject: Term | None, predicate: Term | None, value: Term | None
    ) -> Iterator[ox.Quad]:
        for quad in self.lookup(subject, predicate, value):
            self.read += 1
            yield quad


def renamed(content: list[ox.Triple], city: int) -> Iterator[ox.Triple]:
    """The same city under another name."""

    def named(term: Term) -> Term:
        if isinstance(term, ox.NamedNode) and "/id/musterstadt" in term.value:
            return ox.NamedNode(term.value.replace("/id/musterstadt", f"/id/stadt-{city}"))
        return term

    for triple in content:
        yield ox.Triple(*map(named, triple))  # type: ignore[arg-type]


@cache
def city() -> list[ox.Triple]:
    paths = sorted((ROOT / "examples/musterstadt").glob("*.ttl"))
    return [quad.triple for path in paths for quad in ox.parse(path=path)]


def test_a_changed_measure_costs_the_same_however_many_cities_there_are() -> None:
    """Counted, not timed: the triples that are read for one changed status."""
    status = ox.NamedNode("https://w3id.org/nhm/ns#implementationStatus")
    old = min((each for each in city() if each.predicate == status), key=str)
    other = next(each.object for each in city() if each.predicate == status != each.object)
    new = ox.Triple(old.subject, status, other)
    read = []
    for cities in (1, 8):
        store = store_of(city())
        for number in range(1, cities):
            store.extend(ox.Quad(*triple) for triple in renamed(city(), number))
        lookup = Counted(lookup_in(store))
        recheck(rules(), Known(()), [new], [old], lookup)
        read.append(lookup.read)
    assert read[1] <= read[0] * 1.2
    assert read[1] < 2_000


@cache
def vocabulary() -> dict[Term, list[ox.Triple]]:
    found: dict[Term, list[ox.Triple]] = {}
    for path in (*find_data_files().ontology(), ROOT / "shapes/hierarchy.ttl"):
        for quad in ox.parse(path=path):
            found.setdefault(quad.subject, []).append(quad.triple)  # type: ignore[arg-type]
    return found


@cache
def extract(index: int) -> tuple[ox.Triple, ...]:
    """A fixture, or some subjects of Musterstadt, with what the vocabulary says of its terms."""
    if index < len(FIXTURES):
        content = [quad.triple for quad in ox.parse(path=FIXTURES[index])]
    else:
        subjects = sorted({each.subject for each in city()}, key=str)
        chosen = set(subjects[index % 7 :: 7])
        content = [each for each in city() if each.subject in chosen]
    terms = {term for triple in content for term in (triple.predicate, triple.object)}
    beside = [triple for term in terms for triple in vocabulary().get(term, ())]  # type: ignore[call-overload]
    return (*content, *beside)


def edited(content: list[ox.Triple], edits: Edits) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """Triples to add and to remove, by numbers drawn."""
    added, removed = [], []
    for kind, *places in edits:
        one, two, three = (content[place % len(content)] for place in places)
        alike = [each for each in content if each.predicate == one.predicate]
        other = alike[places[1] % len(alike)]
        if kind in (0, 1):
            removed.append(one)
        if kind == 1:
            added.append(ox.Triple(one.subject, one.predicate, other.object))
        if kind == 2:
            added.append(ox.Triple(two.subject, one.predicate, one.object))
        if kind == 3:
            added.append(ox.Triple(one.subject, two.predicate, three.object))
        if kind == 4:
            added.append(ox.Triple(one.subject, one.predicate, three.subject))
        if kind == 5:
            removed += [each for each in content if one.subject in (each.subject, each.object)]
        if kind == 6:
            kinds = [each.object for each in content if each.predicate == TYPE]
            one_kind, other_kind = (kinds[place % len(kinds)] for place in places[1:])
            added.append(ox.Triple(one.subject, TYPE, one_kind))
            if isinstance(one_kind, ox.NamedNode) and places[0] % 3 == 0:
                added.append(ox.Triple(one_kind, BELOW, other_kind))
    return added, removed


_NUMBER = st.integers(0, 10_000)
_EDITS = st.lists(st.tuples(st.integers(0, 6), _NUMBER, _NUMBER, _NUMBER), min_size=1, max_size=4)
_SEEDS = st.integers(0, len(FIXTURES) + 6)


def compare(seeds: tuple[int, int], edits: Edits) -> None:
    # Fixtures are about the same city: two of them together have siblings and contradictions.
    content = list(dict.fromkeys(triple for seed in seeds for triple in extract(seed)))
    changed(rules(), store_of(content), *edited(content, edits))


def compared(examples: int) -> Callable[..., None]:
    bounded = settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck)
    )
    return bounded(given(seeds=st.tuples(_SEEDS, _SEEDS), edits=_EDITS)(compare))


test_a_recheck_finds_what_a_whole_run_finds = compared(60)
test_a_recheck_finds_what_a_whole_run_finds_in_many_cases = pytest.mark.slow(compared(700))
