"""Targets as graph patterns, and what in a SELECT depends on the data: subclasses and focus nodes.

A SELECT is written with marks, «target ?x» and «class ?x <C>». `Filling` puts patterns there:
either plain SPARQL 1.1, which looks up the subclasses itself, or the classes that were found once
for all checks, which is much faster.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from nhm_graph.checks.compiled.model import Target
from nhm_graph.checks.compiled.triples import Term
from nhm_graph.checks.compiled.values import constant
from nhm_graph.rdf.terms import RDF, RDFS

_MARK = re.compile(r"«(target|class|distinct) (\?\w+)(?: <([^>]*)>)?»")
# So many classes are asked for one by one, more of them with IN.
_FEW = 8
Subclasses = Mapping[ox.NamedNode, tuple[ox.NamedNode, ...]]
_TYPE = str(RDF("type"))
_BELOW = f"{_TYPE}/{RDFS('subClassOf')}*"


@dataclass(frozen=True, slots=True)
class Filling:
    """What to put at the marks: the subclasses of each class that has instances, and focus nodes.

    Without `subclasses` the query looks them up. Without `focus` every target counts.
    """

    subclasses: Subclasses | None = None
    focus: tuple[Term, ...] | None = None

    def fill(self, text: str, targets: tuple[Target, ...]) -> str:
        """The SELECT with its marks replaced.

        >>> target = Target("subjectsOf", ox.NamedNode("http://e/p"))
        >>> Filling().fill("ASK { «target ?this» }", (target,))
        'ASK { { SELECT DISTINCT ?this { ?this <http://e/p> ?c_0 . } } }'
        """
        counted = iter(range(1_000_000))

        def put(mark: re.Match[str]) -> str:
            kind, var, iri = mark.groups()
            if kind == "class":
                return self._is_a(var, ox.NamedNode(iri))
            pattern = self._limit(var) + self._target(var, targets, f"?c_{next(counted)}")
            once = all(target.kind == "class" for target in targets) and kind != "distinct"
            return pattern if once else f"{{ SELECT DISTINCT {var} {{ {pattern} }} }}"

        return _MARK.sub(put, text)

    def idle(self, targets: tuple[Target, ...]) -> bool:
        """Whether it is known that there is nothing to look at."""
        known = self.subclasses
        return known is not None and all(
            target.kind == "class"
            and isinstance(target.term, ox.NamedNode)
            and not known.get(target.term, (target.term,))
            for target in targets
        )

    def _limit(self, var: str) -> str:
        if self.focus is None:
            return ""
        return f"VALUES {var} {{ {' '.join(constant(each, 'focus') for each in self.focus)} }} "

    def _target(self, var: str, targets: tuple[Target, ...], spare: str) -> str:
        classes = [each.term for each in targets if each.kind == "class"]
        nodes = [constant(each.term, "sh:targetNode") for each in targets if each.kind == "node"]
        groups = [self._instances(var, classes, spare)] if classes else []
        if nodes:
            groups.append(f"VALUES {var} {{ {' '.join(nodes)} }}")
        for each in targets:
            if each.kind == "subjectsOf":
                groups.append(f"{var} {each.term} {spare} .")
            elif each.kind == "objectsOf":
                groups.append(f"{spare} {each.term} {var} .")
        if len(groups) == 1:
            return groups[0]
        return " UNION ".join(f"{{ {group} }}" for group in groups)

    def _instances(self, var: str, classes: list[Term], spare: str) -> str:
        named = [each for each in classes if isinstance(each, ox.NamedNode)]
        link = _BELOW
        if self.subclasses is not None:
            known = self.subclasses
            named = list(dict.fromkeys(low for each in named for low in known.get(each, (each,))))
            link = _TYPE
        if len(named) == 1:
            return f"{var} {link} {named[0]} ."
        return f"VALUES {spare} {{ {' '.join(map(str, named))} }} {var} {link} {spare} ."

    def _is_a(self, var: str, wanted: ox.NamedNode) -> str:
        if self.subclasses is None:
            return f"EXISTS {{ {var} {_BELOW} {wanted} }}"
        lows = self.subclasses.get(wanted, (wanted,))
        if not lows:
            return "false"
        if len(lows) <= _FEW:
            tests = " || ".join(f"EXISTS {{ {var} {_TYPE} {low} }}" for low in lows)
            return f"({tests})"
        kind = f"{var}_kind"
        return f"EXISTS {{ {var} {_TYPE} {kind} FILTER({kind} IN ({', '.join(map(str, lows))})) }}"


def classes_in(text: str, targets: Iterable[Target]) -> set[ox.NamedNode]:
    """The classes whose subclasses matter to a SELECT with marks.

    >>> classes_in("«class ?v <http://e/C>»", ())
    {<NamedNode value=http://e/C>}
    """
    asked = {ox.NamedNode(found[3]) for found in _MARK.finditer(text) if found[1] == "class"}
    return asked | {
        each.term
        for each in targets
        if each.kind == "class" and isinstance(each.term, ox.NamedNode)
    }


def subclass_query(classes: Collection[ox.NamedNode]) -> str:
    """The SELECT of ?class and each class ?low at or below it that has instances.

    >>> subclass_query([ox.NamedNode("http://e/C")]).count("<http://e/C>")
    1
    """
    listed = " ".join(sorted(map(str, classes)))
    return (
        f"SELECT DISTINCT ?class ?low {{ VALUES ?class {{ {listed} }} "
        f"?low {RDFS('subClassOf')}* ?class FILTER EXISTS {{ ?node {_TYPE} ?low }} }}"
    )
