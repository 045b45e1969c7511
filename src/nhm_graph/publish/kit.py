"""The reuse kit: ontology, rules and questions for those who take the files alone."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nhm_graph.catalog.files import DataFiles
from nhm_graph.catalog.questions import NamedQuestion
from nhm_graph.catalog.rules import Tier, rules_above
from nhm_graph.graph import Graph
from nhm_graph.rdf.reading import read_file

# The city and the day that the expected answers of the conformance kit are about.
CITY, DAY = "musterstadt", "2026-11-22"
_LARGEST = 10_000_000
_PREFIX = re.compile(r"^@prefix\s+([\w-]*):\s*<([^>]*)>\s*\.", re.MULTILINE)
_HEAD = """\
# Rules of the tier {tier} and below, in one file.
# Built from shapes/ by `nhm-graph kit`; do not edit.
# Licence: CC BY 4.0. Shapes graph: this file. Data graph: your data and vocabulary.ttl together.
"""
_VOCABULARY_HEAD = """\
# The SDGs, the lists and the class hierarchy, in one file: what the rules read beside the data.
# Built from ontology/ and shapes/hierarchy.ttl by `nhm-graph kit`; do not edit. Licence: CC BY 4.0.
"""


def kit_files(files: DataFiles) -> dict[str, str]:
    """The built files of the kit by name.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> sorted(kit_files(find_data_files()))
    ['basis.ttl', 'standard.ttl', 'vocabulary.ttl']
    """
    rules = [path for path in files.shapes() if path.stem != "hierarchy"]
    hierarchy = [path for path in files.shapes() if path.stem == "hierarchy"]
    vocabulary = [path for path in files.ontology() if path.name != "nhm.ttl"]
    return {
        "basis.ttl": _rules(rules, "basis"),
        "standard.ttl": _rules(rules, "standard"),
        "vocabulary.ttl": _VOCABULARY_HEAD + _triples([*vocabulary, *hierarchy]),
    }


def conformance_files(graph: Graph, city: str = CITY, day: str = DAY) -> dict[str, str]:
    """What another engine needs to show that it answers as this one does, by name.

    `data.nq` is the example city with all it is read together with; each `queries/NAME.rq` is a
    question about it with its parameters filled in. kit/conformance/expected/NAME.csv is what the
    engine must answer over the union of the graphs.

    >>> from nhm_graph.graph import open_graph
    >>> from nhm_graph.settings import Settings
    >>> "queries/sdg-gaps.rq" in conformance_files(open_graph(Settings()))
    True
    """
    names = graph.graphs_of_city(graph.city(city, "de"))
    lines = sorted(
        f"{triple} <{name}> ." for name in names for triple in graph.store.read_graph(name)
    )
    files = {"data.nq": "\n".join(lines) + "\n"}
    for question in graph.questions.values():
        given = example_values(question, city, day)
        if question.scope == "city" and question.form == "select" and given is not None:
            files[f"queries/{question.name}.rq"] = graph.bind(question.name, given, "de").sparql
    return files


def example_values(question: NamedQuestion, city: str, day: str) -> dict[str, str] | None:
    """Values for a question about the example city; None where one has no example."""
    given = {}
    for parameter in question.parameters:
        if parameter.name == "city":
            given["city"] = city
        elif parameter.name == "at":
            given["at"] = day
        elif parameter.required and parameter.example is None:
            return None
        elif parameter.required:
            given[parameter.name] = str(parameter.example)
    return given


def write_kit(files: DataFiles, graph: Graph, target: Path) -> list[Path]:
    """Writes the built files into a folder; the files written."""
    built = kit_files(files)
    built |= {f"conformance/{name}": text for name, text in conformance_files(graph).items()}
    written = []
    for name, content in built.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        written.append(path)
    return written


def _rules(paths: Iterable[Path], tier: Tier) -> str:
    """The blocks of the files, without those of rules that ask for more than the tier.

    Text and not triples, so that the file keeps the form in which the rules are written.
    """
    paths = list(paths)
    left_out = tuple(rules_above(paths, tier))
    prefixes: dict[str, str] = {}
    blocks: list[str] = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        own = dict(_PREFIX.findall(text))
        prefixes |= own
        for block in _blocks(text):
            subject = _subject(block, own)
            if not any(subject == rule or subject.startswith(f"{rule}-") for rule in left_out):
                blocks.append(block)
    declared = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in sorted(prefixes.items()))
    return _HEAD.format(tier=tier) + "\n" + declared + "\n\n" + "\n\n".join(blocks) + "\n"


def _blocks(text: str) -> Iterator[str]:
    """The statements of a file: paragraphs without the comments and prefixes before them."""
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.strip("\n").split("\n")
        while lines and (lines[0].startswith("#") or lines[0].startswith("@prefix")):
            lines.pop(0)
        if any(line.strip() for line in lines):
            yield "\n".join(lines)


def _subject(block: str, prefixes: dict[str, str]) -> str:
    first = block.split(None, 1)[0]
    if first.startswith("<"):
        return first.strip("<>")
    prefix, _, local = first.partition(":")
    return prefixes.get(prefix, prefix) + local


def _triples(paths: Iterable[Path]) -> str:
    lines = {f"{quad.triple} ." for path in paths for quad in read_file(path, _LARGEST).quads}
    return "\n".join(sorted(lines)) + "\n"
