"""Who finds the results: the compiled engine, or pySHACL as the reference."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import pyoxigraph as ox

from nhm_graph.checks.compiled.compiling import Check, Compiled
from nhm_graph.checks.compiled.run import Result, asking, run_checks
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
    compiled = rules.compiled
    results = results_of(data, compiled)
    if compiled.handed:
        handed = {each.root for each in compiled.handed}
        results += reference_results(data, rules.shapes, rules.off, handed)
    return results


def results_of(data: ox.Store, compiled: Compiled) -> list[Result]:
    """Results of all checks, in their order, found on as many cores as there are.

    Oxigraph lets other threads work while it evaluates.

    >>> from nhm_graph.checks.compiled.compiling import compile_shapes
    >>> results_of(ox.Store(), compile_shapes(()))
    []
    """
    ask = asking(data)
    filling = compiled.bound(ask)

    def found(check: Check) -> list[Result]:
        return list(run_checks(replace(compiled, checks=(check,)), ask, filling=filling))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return [result for part in threads.map(found, compiled.checks) for result in part]


def pyshacl_engine(data: ox.Store, rules: Rulebook) -> list[Result]:
    """Results of pySHACL for all shapes.

    >>> pyshacl_engine(ox.Store(), Rulebook((), ()))
    []
    """
    return reference_results(data, rules.shapes, rules.off)


ENGINES: Mapping[EngineName, Engine] = {"compiled": compiled_engine, "pyshacl": pyshacl_engine}
