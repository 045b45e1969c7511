"""Many cities, one after the other or several at a time, so that not all are in memory at once.

A city is checked with what all share, and with the descriptions of those nodes of other cities to
which it refers or which refer to it. Findings on its own nodes count. What is shared is seen by
every city: a finding on it counts where no city's data mends it, or where only a city's data brings
it about.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from nhm_graph.catalog.files import DataFiles
from nhm_graph.checks.compiled.run import Result
from nhm_graph.checks.report import Finding, Report
from nhm_graph.checks.rulebook import Rulebook, foreign_rules, own_rules
from nhm_graph.checks.sources import (
    Source,
    Survey,
    descriptions,
    neighbours,
    source_of,
    subjects,
    survey,
)
from nhm_graph.checks.validation import Outcome, Run, outcome, report_of
from nhm_graph.language import Text
from nhm_graph.store.base import Store
from nhm_graph.store.loading import Progress

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")
A = TypeVar("A")
# From how many cities on processes are started. An estimate: each first has to import and read the
# rules; not measured on a machine with nothing else to do.
_WORTHWHILE = 8
_Pair: TypeAlias = tuple[Result, Finding]


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules are run; each process reads them for itself.

    `foreign` are files of other shapes, which take the place of ours. The vocabulary is then read
    beside the data only if asked for.
    """

    files: DataFiles
    limit: int
    foreign: tuple[str, ...] = ()
    vocabulary: bool = True

    def read(self, run: Run) -> Rulebook:
        """The rules up to the run's tier. Raises what `foreign_rules` raises."""
        if not self.foreign:
            return own_rules(self.files, run.tier)
        beside: list[Path] = []
        if self.vocabulary:
            beside = [*self.files.ontology(), *_hierarchy(self.files)]
        return foreign_rules(self.foreign, self.limit, beside)


@dataclass(frozen=True, slots=True)
class Group:
    """What is checked in one go: a city's own data, what is shared, where its neighbours stand.

    Without own data it is the shared data that is looked at.
    """

    name: str
    own: tuple[Source, ...]
    shared: tuple[Source, ...] = ()
    beside: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in a group: on its own nodes, and on shared ones."""

    own: tuple[_Pair, ...]
    shared: tuple[_Pair, ...]
    notes: tuple[Text, ...]


def check_group(group: Group, rules: Rules, run: Run) -> Part:
    """What the rules find in a group. Raises what reading its sources raises."""
    own = [each.document(rules.limit) for each in group.own]
    shared = [each.document(rules.limit) for each in group.shared]
    foreign = [each.document(rules.limit) for each in group.beside]
    book = rules.read(run)
    beside = descriptions(foreign, own, shared)
    found = outcome([*own, *shared, *beside], book, run)
    mine = set[str]().union(*map(subjects, own))
    others = set[str]().union(*map(subjects, beside))
    common = book.vocabulary_nodes.union(*map(subjects, shared))
    pairs = [pair for pair in found.pairs if pair[1].focus not in (others - mine - common)]
    return Part(
        own=tuple(pair for pair in pairs if pair[1].focus not in common - mine),
        shared=tuple(pair for pair in pairs if pair[1].focus in common - mine),
        notes=found.notes,
    )


def validate_groups(
    groups: Iterable[Group],
    shared: Sequence[Source],
    rules: Rules,
    run: Run,
    *,
    jobs: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """The report on groups, each checked apart, in the order of the groups.

    Held are at most twice as many groups as there are processes, at the start eight at most.
    """
    with _Processes(jobs) as processes:
        return _validated(groups, shared, rules, run, processes, progress)


def _validated(
    groups: Iterable[Group],
    shared: Sequence[Source],
    rules: Rules,
    run: Run,
    processes: "_Processes",
    progress: Callable[[str], None] | None,
) -> Report:
    alone = check_group(Group("", (), tuple(shared)), rules, run)
    pairs: dict[Finding, _Pair] = {}  # two cities may describe the same node
    common = _Common(alone)
    notes: dict[Text, None] = dict.fromkeys(alone.notes)
    names = [each.name for each in shared]

    def named() -> Iterator[Group]:
        for group in groups:
            names.extend(each.name for each in group.own)
            yield group

    check = partial(check_group, rules=rules, run=run)
    for group, part in processes.each(check, named(), _WORTHWHILE):
        for pair in part.own:
            pairs.setdefault(_placeless(pair[1]), pair)
        common.seen(part)
        notes |= dict.fromkeys(part.notes)
        if progress:
            progress(group.name)
    found = Outcome((*pairs.values(), *common.counting()), tuple(notes))
    return report_of(found, sorted(names), rules.read(run))


def _placeless(finding: Finding) -> Finding:
    """The finding without what depends on which data was read beside it."""
    return replace(finding, file=None, line=None, label=None, city=None, office=None)


class _Common:
    """Findings on shared nodes, over all groups."""

    def __init__(self, alone: Part) -> None:
        self._alone = {_placeless(pair[1]): pair for pair in alone.shared}
        self._standing = set(self._alone)
        self._brought: dict[Finding, _Pair] = {}

    def seen(self, part: Part) -> None:
        """Takes in what one group shows."""
        here = {_placeless(pair[1]): pair for pair in part.shared}
        self._standing &= here.keys()
        for finding, pair in here.items():
            if finding not in self._alone:
                self._brought.setdefault(finding, pair)

    def counting(self) -> list[_Pair]:
        """Those that count."""
        standing = [pair for key, pair in self._alone.items() if key in self._standing]
        return [*standing, *self._brought.values()]


def validate_files(
    paths: Sequence[str],
    rules: Rules,
    run: Run,
    *,
    together: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Report:
    """The report on files: as one graph where they are about one city, else city by city.

    Raises what `read_file` raises.
    """
    book = rules.read(run)
    if not together and len(paths) > 1:
        with _Processes(jobs) as processes:
            look = partial(survey, limit=rules.limit)
            surveys = [found for _path, found in processes.each(look, paths, 5 * _WORTHWHILE)]
            groups, shared = grouped(surveys)
            if len(groups) > 1:
                shown = counted(progress, len(groups))
                return _validated(groups, shared, rules, run, processes, shown)
    documents = [Source(path).document(rules.limit) for path in paths]
    return report_of(outcome(documents, book, run), tuple(paths), book)


def stored_groups(
    cities: Mapping[str, Sequence[str]], shared: Sequence[Source], store: Store
) -> Iterator[Group]:
    """The graphs of a store by city, each city read when its turn comes.

    >>> list(stored_groups({}, (), None))  # type: ignore[arg-type]
    []
    """
    for city, names in cities.items():
        graphs = {name: list(store.read_graph(name)) for name in names}
        own = tuple(source_of(name, triples) for name, triples in graphs.items())
        near = neighbours(city, store, graphs)
        yield Group(city, own, tuple(shared), (near,))


def grouped(surveys: Sequence[Survey]) -> tuple[list[Group], list[Source]]:
    """Files by city, in the order of the cities, and those that all share.

    A file about several cities joins them.

    >>> grouped([])
    ([], [])
    """
    cities: dict[str, set[str]] = {}
    for each in surveys:
        joined = set(each.cities).union(*(cities.get(city, ()) for city in each.cities))
        for city in joined:
            cities[city] = joined
    shared = [each for each in surveys if not each.cities]
    groups = []
    for names in sorted({tuple(sorted(each)) for each in cities.values()}):
        own = [each for each in surveys if each.cities and each.cities[0] in names]
        near = _near(own, shared, surveys)
        sources = (tuple(Source(each.name) for each in part) for part in (own, shared, near))
        groups.append(Group(", ".join(names), *sources))
    return groups, [Source(each.name) for each in shared]


def _near(
    own: Sequence[Survey], shared: Sequence[Survey], surveys: Sequence[Survey]
) -> list[Survey]:
    """The files of other cities that describe or refer to the same nodes."""
    here = {each.name for each in (*own, *shared)}
    missing = frozenset().union(*(each.missing for each in own))
    missing -= frozenset().union(*(each.described for each in (*own, *shared)))
    described = frozenset().union(*(each.described for each in own))
    return [
        each
        for each in surveys
        if each.name not in here
        and not (
            missing.isdisjoint(each.described)
            and described.isdisjoint(each.described)
            and described.isdisjoint(each.missing)
        )
    ]


def cores() -> int:
    """How many processes are worth starting here.

    >>> cores() > 0
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Processes:
    """Processes that are started when they are first needed and stay until the run ends.

    They keep the rules and the vocabulary that they have read, which takes longer than a city.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "_Processes":
        return self

    def __exit__(self, *_ended: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, work: Callable[[A], T], tasks: Iterable[A], least: int) -> Iterator[tuple[A, T]]:
        """Each task with its result, in order; in this process if there are fewer than `least`."""
        waiting = iter(tasks)
        first = deque(islice(waiting, least if self._jobs > 1 else 0))
        coming = _emptied(first, waiting)
        if len(first) < max(least, 1) or self._jobs < 2:
            for task in coming:
                yield task, work(task)
            return
        pool = self._started()
        held: deque[tuple[A, Future[T]]] = deque()
        for task in coming:
            held.append((task, pool.submit(work, task)))
            if len(held) >= 2 * self._jobs:
                task, done = held.popleft()
                yield task, done.result()
        while held:
            task, done = held.popleft()
            yield task, done.result()

    def _started(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            # Imported here: a small file is nearly checked by the time that these are imported.
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._pool = ProcessPoolExecutor(self._jobs, mp_context=get_context("spawn"))
        return self._pool


def _emptied(first: deque[A], then: Iterator[A]) -> Iterator[A]:
    """One after the other, none of them kept: a task holds the data of a city."""
    while first:
        yield first.popleft()
    yield from then


def counted(progress: Progress | None, total: int) -> Callable[[str], None] | None:
    """Progress that counts by itself, up to a total.

    >>> counted(None, 3)
    """
    if progress is None:
        return None
    done = iter(range(1, total + 1))
    return lambda name: progress(name, next(done), total)


def _hierarchy(files: DataFiles) -> list[Path]:
    return [path for path in files.shapes() if path.stem == "hierarchy"]
