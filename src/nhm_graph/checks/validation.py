"""The run: documents and rules in, a report out, whichever engine finds the results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from nhm_graph.catalog.rules import TIERS, Tier
from nhm_graph.checks.belonging import described, notes_of
from nhm_graph.checks.compiled.report import report_turtle
from nhm_graph.checks.compiled.run import Result
from nhm_graph.checks.engines import ENGINES, EngineName
from nhm_graph.checks.explanations import explained
from nhm_graph.checks.findings import findings_of, placed
from nhm_graph.checks.report import Finding, Report, ordered
from nhm_graph.checks.rulebook import Rulebook, rulebook
from nhm_graph.errors import UnreadableData, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.formats import JSON_LD, N_QUADS, TRIG
from nhm_graph.rdf.reading import Document
from nhm_graph.rdf.terms import NHM, XSD

# Where a run records the day that rules with deadlines refer to.
_RUN = ox.NamedNode("https://w3id.org/nhm/validation")
_WITH_GRAPHS = (TRIG, N_QUADS, JSON_LD)
_DATE = NHM("validationDate")


@dataclass(frozen=True, slots=True)
class Run:
    """How a validation is to be run: up to which tier, as of which day, by which engine."""

    tier: Tier = TIERS[-1]
    day: date | None = None
    engine: EngineName = "compiled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: each result with the finding it became, and what has to be said beside."""

    pairs: tuple[tuple[Result, Finding], ...]
    notes: tuple[Text, ...]


def validate(
    documents: Sequence[Document],
    shapes: Iterable[Path],
    vocabulary: Iterable[Path],
    run: Run | None = None,
) -> Report:
    """The report on documents taken together, by the rules in some files.

    The vocabulary is read beside the documents. The rules see one graph: named graphs are merged,
    as SHACL knows no others. Without a day in the run the data's own nhm:validationDate counts,
    else today. Raises UnreadableData for a day that is none.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> from nhm_graph.rdf.formats import TURTLE
    >>> from nhm_graph.rdf.reading import read_bytes
    >>> files = find_data_files()
    >>> goal = b"<http://e/g> a <https://w3id.org/nhm/ns#Goal> ."
    >>> found = validate([read_bytes(goal, TURTLE, "g.ttl", 99)], files.shapes(), files.ontology())
    >>> found.conforms, found.findings[0].rule, found.findings[0].line
    (False, 'N01', 1)
    """
    run = run or Run()
    rules = rulebook(shapes, vocabulary, run.tier)
    names = tuple(document.name for document in documents)
    return report_of(outcome(documents, rules, run), names, rules)


def outcome(documents: Sequence[Document], rules: Rulebook, run: Run) -> Outcome:
    """What the rules find in documents taken together; see `validate`.

    >>> outcome((), Rulebook((), ()), Run())
    Outcome(pairs=(), notes=())
    """
    data = merged(documents, rules)
    day = _dated(data, run.day, rules.dated or run.day is not None)
    results = ENGINES[run.engine](data, rules)
    found = placed(findings_of(results, rules), documents)
    found = explained(described(found, data, day, rules.rules), data, day)
    return Outcome(tuple(zip(results, found, strict=True)), notes_of(data))


def report_of(found: Outcome, names: Sequence[str], rules: Rulebook) -> Report:
    """The report on documents of these names.

    >>> report_of(Outcome((), ()), ("plan.ttl",), Rulebook((), ())).conforms
    True
    """
    return Report(
        findings=ordered(finding for _result, finding in found.pairs),
        documents=tuple(names),
        turtle=report_turtle(result for result, _finding in found.pairs),
        notes=found.notes,
        rules=rules.rules,
    )


def merged(documents: Sequence[Document], rules: Rulebook) -> ox.Store:
    """Documents and vocabulary as one graph.

    >>> len(merged((), Rulebook((), ())))
    0
    """
    data = ox.Store()
    data.bulk_extend(rules.vocabulary)
    for document in documents:
        if document.format in _WITH_GRAPHS:
            data.bulk_extend(ox.Quad(*quad.triple) for quad in document.quads)
        else:
            data.bulk_extend(document.quads)
    return data


def _dated(data: ox.Store, day: date | None, stating: bool) -> date:
    """The day of the run, which the data then states exactly once (nhm:validationDate)."""
    stated = list(data.quads_for_pattern(None, _DATE, None, None))
    if day is None and stated:
        day = max(_day(quad.object) for quad in stated)
    day = day or date.today()
    if stating:
        for quad in stated:
            data.remove(quad)
        literal = ox.Literal(day.isoformat(), datatype=XSD("date"))
        data.add(ox.Quad(_RUN, _DATE, literal))
    return day


def _day(term: object) -> date:
    said = term.value if isinstance(term, ox.Literal) else str(term)
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UnreadableData(
            Text(
                de=f"nhm:validationDate ist kein Tag: {shortened(said)}.",
                en=f"nhm:validationDate is no day: {shortened(said)}.",
            ),
            mend=Text(
                de="Einen Tag wie 2026-11-22 angeben (xsd:date), oder --date verwenden.",
                en="Give a day such as 2026-11-22 (xsd:date), or use --date.",
            ),
            extra={"value": shortened(said)},
        ) from None
