"""Who finds the results: the compiled engine, or pySHACL as the reference."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, get_args

import pyoxigraph as ox

from nhm_graph.checks.compiled.run import Result, run_checks
from nhm_graph.checks.rulebook import Rulebook
from nhm_graph.checks.shacl import reference_results

EngineName = Literal["compiled", "pyshacl"]
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)
# Data is the default graph of the store; the results come in any order.
Engine: TypeAlias = Callable[[ox.Store, Rulebook], list[Result]]


def compiled_engine(data: ox.Store, rules: Rulebook) -> list[Result]:
    """Results of SELECTs made from the shapes; what cannot be compiled goes to pySHACL, whole.

    >>> compiled_engine(ox.Store(), Rulebook((), ()))
    []
    """

    def ask(select: str) -> ox.QuerySolutions:
        found = data.query(select)
        assert isinstance(found, ox.QuerySolutions)
        return found

    compiled = rules.compiled
    results = list(run_checks(compiled, ask))
    if compiled.handed:
        handed = {each.root for each in compiled.handed}
        results += reference_results(data, rules.shapes, rules.off, handed)
    return results


def pyshacl_engine(data: ox.Store, rules: Rulebook) -> list[Result]:
    """Results of pySHACL for all shapes.

    >>> pyshacl_engine(ox.Store(), Rulebook((), ()))
    []
    """
    return reference_results(data, rules.shapes, rules.off)


ENGINES: Mapping[EngineName, Engine] = {"compiled": compiled_engine, "pyshacl": pyshacl_engine}
