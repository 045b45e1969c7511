"""What data is checked by: shapes, and the vocabulary that is read beside the data.

Parsed once for each process and state of the files, because a city takes less time to check than
its shapes and lists to read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.catalog.files import DataFiles, digest
from nhm_graph.catalog.rules import TIERS, Rule, Tier, read_rules
from nhm_graph.checks.compiled.compiling import Compiled, compile_shapes
from nhm_graph.checks.compiled.reading import read_shapes
from nhm_graph.errors import UnreadableData
from nhm_graph.language import Text
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import RDFS, SH, SKOS

Messages: TypeAlias = Mapping[str, Mapping[str, str]]

_LARGEST = 10_000_000
_RULE = "https://w3id.org/nhm/rule/"
# By what a shape or a rule is called, the first that there is.
_NAMES = (SKOS("prefLabel"), SH("name"), RDFS("label"))


@dataclass(frozen=True)
class Rulebook:
    """Shapes and what is read beside the data.

    `off` are the addresses of shapes that this run leaves out, `dated` whether the rules refer to
    the day of the run (nhm:validationDate), which the data then has to state. `rules` describes
    the shapes that are rules of ours.
    """

    shapes: tuple[ox.Quad, ...]
    vocabulary: tuple[ox.Quad, ...]
    off: frozenset[str] = frozenset()
    dated: bool = True
    rules: tuple[Rule, ...] = ()

    @cached_property
    def compiled(self) -> Compiled:
        """The shapes as SELECTs, made when they are first needed."""
        return compile_shapes(self.shapes, self.off)

    @cached_property
    def messages(self) -> Messages:
        """What each shape or constraint says, by its term as text and by language."""
        return self._spoken((SH("message"),))

    @cached_property
    def names(self) -> Messages:
        """What each shape is called, by its term as text and by language."""
        return self._spoken(_NAMES)

    @cached_property
    def vocabulary_nodes(self) -> frozenset[str]:
        """The addresses that the vocabulary describes."""
        described = (quad.subject for quad in self.vocabulary)
        return frozenset(each.value for each in described if isinstance(each, ox.NamedNode))

    def addressed(self, shape: ox.NamedNode | ox.BlankNode | None) -> str:
        """The address of a shape, or of the nearest one around it that has any; else empty.

        >>> Rulebook((), ()).addressed(ox.NamedNode("http://e/Shape"))
        'http://e/Shape'
        """
        seen: set[object] = set()
        node: object = shape
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            node = self._around.get(node)
        return node.value if isinstance(node, ox.NamedNode) else ""

    @cached_property
    def _around(self) -> Mapping[ox.BlankNode, ox.NamedNode | ox.BlankNode]:
        return {
            quad.object: quad.subject
            for quad in self.shapes
            if isinstance(quad.object, ox.BlankNode)
            and isinstance(quad.subject, (ox.NamedNode, ox.BlankNode))
        }

    def _spoken(self, predicates: Sequence[ox.NamedNode]) -> Messages:
        said: dict[str, dict[str, str]] = {}
        for predicate in reversed(predicates):
            for quad in self.shapes:
                if quad.predicate == predicate and isinstance(quad.object, ox.Literal):
                    texts = said.setdefault(str(quad.subject), {})
                    texts[quad.object.language or ""] = quad.object.value
        return said


def rule_id(shape: str) -> str:
    """How a report calls the rule of a shape: our identifiers, else the end of the address.

    >>> rule_id("https://w3id.org/nhm/rule/M04-end"), rule_id("http://e/shapes#Person")
    ('M04', 'Person')
    """
    if shape.startswith(_RULE):
        return shape.removeprefix(_RULE).partition("-")[0] or "?"
    return shape.rstrip("/#").replace("#", "/").rpartition("/")[2] or "?"


def own_rules(files: DataFiles, tier: Tier = TIERS[-1]) -> Rulebook:
    """The rules of shapes/ up to a tier, with the vocabulary that they need.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> len(own_rules(find_data_files(), "basis").off) > 10
    True
    """
    return rulebook(files.shapes(), files.ontology(), tier)


def rulebook(shapes: Iterable[Path], vocabulary: Iterable[Path], tier: Tier) -> Rulebook:
    """The rules of some files up to a tier.

    Which classes lie below which (hierarchy.ttl) is read as data, too: SHACL sees it only there.
    """
    rules = tuple(shapes)
    beside = (*vocabulary, *(path for path in rules if path.stem == "hierarchy"))
    return _read(rules, beside, tier, digest([*rules, *beside]))


def foreign_rules(
    shapes: Sequence[Path | str], limit: int, vocabulary: Iterable[Path] = ()
) -> Rulebook:
    """The shapes of other people's files. owl:imports in them is not followed.

    Raises what `read_file` raises, and UnreadableData where no file has a shape.
    """
    quads = _merged(shapes, "shape", limit)
    beside = tuple(vocabulary)
    if not read_shapes(quads).shapes:
        listed = ", ".join(str(path) for path in shapes)
        raise UnreadableData(
            Text(
                de=f"{listed}: Darin steht keine SHACL-Form (sh:NodeShape, sh:PropertyShape).",
                en=f"{listed}: There is no SHACL shape in it (sh:NodeShape, sh:PropertyShape).",
            ),
            mend=Text(
                de="Mit --shapes Dateien mit Regeln nennen; die Daten folgen danach.",
                en="Name files of rules with --shapes; the data comes after them.",
            ),
            extra={"name": listed},
        )
    return Rulebook(quads, _merged(beside, "node"), dated=bool(beside))


@lru_cache(maxsize=8)
def _read(rules: tuple[Path, ...], beside: tuple[Path, ...], tier: Tier, _state: str) -> Rulebook:
    """`_state` says which contents the files have."""
    higher = TIERS[TIERS.index(tier) + 1 :]
    known = read_rules(rules).values()
    return Rulebook(
        shapes=_merged(rules, "shape"),
        vocabulary=_vocabulary(beside, digest(beside)),
        off=frozenset(rule.iri for rule in known if rule.tier in higher),
        rules=tuple(rule for rule in known if rule.tier not in higher),
    )


@lru_cache(maxsize=2)
def _vocabulary(paths: tuple[Path, ...], _state: str) -> tuple[ox.Quad, ...]:
    return _merged(paths, "node")


def _merged(paths: Iterable[Path | str], called: str, limit: int = _LARGEST) -> tuple[ox.Quad, ...]:
    """Some files as one graph, whose nodes without address are called the same in every run."""
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: object) -> object:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.BlankNode(f"{called}{len(names) + 1}"))

    return tuple(
        ox.Quad(named(q.subject), q.predicate, named(q.object))  # type: ignore[arg-type]
        for path in paths
        for q in read_file(path, limit).quads
    )
