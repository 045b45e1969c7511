"""The process that reasons: owlready2 and HermiT, apart from everything else.

owlready2 keeps state for the whole process and HermiT runs in Java, hence a process of its own
that may be killed. It reads axioms from standard input and prints one JSON object.
"""

import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pyoxigraph as ox

from nhm_graph.checks.axioms import around, read_axioms

_HEAP_MEGABYTES = 1_000


def consistent(background: str, axioms: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether axioms (N-Triples) go together, and the classes that can have no member.

    Raises RuntimeError with what HermiT said where it gave no answer.
    """
    import owlready2

    owlready2.reasoning.JAVA_MEMORY = _HEAP_MEGABYTES
    world = owlready2.World()
    content = "\n".join([background, *axioms, ""]).encode()
    world.get_ontology("https://w3id.org/nhm/reasoning").load(fileobj=io.BytesIO(content))
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False, []
    except owlready2.OwlReadyJavaError as error:
        raise RuntimeError(str(error)) from error
    finally:
        found = sorted(
            each.iri for each in world.inconsistent_classes() if each is not owlready2.Nothing
        )
        world.close()
    return True, found


def smallest(
    broken: Callable[[Sequence[str]], bool], axioms: Sequence[str], until: float
) -> tuple[list[str], bool]:
    """A part of the axioms that is still broken and loses that with any one of them less.

    QuickXplain (Junker 2004): asks little where the part is small. Past the time `until` (seconds
    of time.monotonic) it returns what it has, and False for "not shown to be minimal".

    >>> smallest(lambda part: {"a", "c"} <= set(part), ["a", "b", "c", "d"], time.monotonic() + 9)
    (['a', 'c'], True)
    """
    ended = False

    def narrow(fixed: list[str], changed: bool, rest: list[str]) -> list[str]:
        nonlocal ended
        if time.monotonic() > until:
            ended = True
            return rest
        if changed and broken(fixed):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        left, right = rest[:half], rest[half:]
        second = narrow(fixed + left, bool(left), right)
        first = narrow(fixed + second, bool(second), left)
        return first + second

    found = narrow([], False, list(axioms))
    return [axiom for axiom in axioms if axiom in set(found)], not ended


def judge(text: str, seconds: float) -> dict[str, Any]:
    """The verdict on N-Triples, with a smallest clashing part where it is bad."""
    declarations, axioms, left_out = read_axioms(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    background = "\n".join(axiom.text() for axiom in declarations)
    until = time.monotonic() + seconds
    sound, empty = consistent(background, [axiom.text() for axiom in axioms])
    verdict: dict[str, Any] = {
        "consistent": sound,
        "unsatisfiable": empty,
        "axioms": len(axioms),
        "left_out": left_out,
    }
    if sound and not empty:
        return verdict
    name = empty[0] if empty else None

    def broken(part: Sequence[str]) -> bool:
        still_sound, still_empty = consistent(background, part)
        return not still_sound or name in still_empty

    # What lies far from the class that can have no member is not needed.
    rings = around(axioms, {name}) if name else [axioms]
    part: list[str] = []
    for ring in rings:
        part += [axiom.text() for axiom in ring]
        if len(rings) == 1 or broken(part):
            break
    clash, minimal = smallest(broken, part, until)
    return verdict | {"explained": name, "clash": clash, "minimal": minimal}


def main() -> None:
    """Reads N-Triples, prints the verdict or what went wrong as JSON."""
    try:
        print(json.dumps(judge(sys.stdin.read(), float(sys.argv[1]))))
    except RuntimeError as error:
        print(json.dumps({"error": str(error)}))


if __name__ == "__main__":
    main()
