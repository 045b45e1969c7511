"""The product's own engine, as the bench of validation runs it: on Oxigraph, in this process.

The only place here that knows its signatures. As long as a part of it is not there, `Absent` says
so and the tables go on without it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from damage import Result
from validation_engines import Absent, store_of


class Ours:
    """Shapes compiled to one SELECT for each constraint, asked of a store in memory."""

    name = "nhm-graph"
    grain = "component"
    reads = False

    def prepare(self, shapes: Path, data: Path) -> None:
        """See Engine."""
        self._compiled = compiled(shapes)
        self.store = store_of(data)

    def ready(self) -> None:
        """See Engine."""

    def validate(self) -> Any:
        """See Engine; the results with values, paths and messages."""
        from nhm_graph.checks.engines import results_of

        return results_of(self.store, self._compiled)

    def results(self, found: Any) -> set[Result]:
        """See Engine."""
        return plain(found)

    def close(self) -> None:
        """See Engine."""


def compiled(shapes: Path) -> Any:
    """The compiled shapes. Raises Absent where the compiler is missing or hands a shape over."""
    try:
        from nhm_graph.checks.compiled.compiling import compile_shapes
        from nhm_graph.checks.compiled.run import run_checks  # noqa: F401
    except ImportError as error:
        raise Absent(f"the compiled engine is not there yet ({error})") from error
    made = compile_shapes(ox.parse(path=str(shapes), format=ox.RdfFormat.TURTLE))
    if made.handed:
        raise Absent(f"{len(made.handed)} shapes are left to pySHACL: {made.handed[0]}")
    return made


class Changes:
    """A store with cities whose results are known and kept up to date with each difference."""

    def __init__(self, shapes: Path, data: Path) -> None:
        """Raises Absent where the incremental validation is missing."""
        try:
            from nhm_graph.checks.compiled import changes
            from nhm_graph.checks.compiled.changes_states import lookup_in
        except ImportError as error:
            raise Absent(f"incremental validation is not there yet ({error})") from error
        self._recheck = changes.recheck
        self._compiled = compiled(shapes)
        self._plan = changes.plan_changes(self._compiled)
        self.store = store_of(data)
        self._before = lookup_in(self.store)
        self._known = changes.Known(self._everything())

    def apply(self, removed: ox.Triple, added: ox.Triple) -> None:
        """Rechecks a difference and writes it; afterwards `results` holds for the data as it is."""
        change = self._recheck(self._plan, self._known, [added], [removed], self._before)
        self.store.remove(ox.Quad(*removed))
        self.store.add(ox.Quad(*added))
        self._known.apply(change)

    def results(self) -> set[Result]:
        """What is known now."""
        return plain(self._known)

    def anew(self) -> set[Result]:
        """The same found by validating everything."""
        return plain(self._everything())

    def _everything(self) -> Any:
        from nhm_graph.checks.engines import results_of

        return results_of(self.store, self._compiled)


def plain(found: Iterable[Any]) -> set[Result]:
    """Results of the product as triples of texts; blank nodes become "_:"."""
    return {(_text(each.focus), _text(each.shape), _text(each.component)) for each in found}


def _text(term: Any) -> str:
    return "_:" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", term))
