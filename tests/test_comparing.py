"""What is new and what is gone since an earlier report, in whichever format that is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from nhm_graph.catalog.files import find_data_files
from nhm_graph.checks.comparing import compare, read_report, report_from
from nhm_graph.checks.rendering import FORMATS, View
from nhm_graph.checks.report import Comparison, Finding, Report
from nhm_graph.checks.validation import Run, validate
from nhm_graph.errors import Refusal, TooLarge, UnreadableData, UnsupportedFormat
from nhm_graph.language import Text
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import read_bytes

FILES = find_data_files(Path(__file__).resolve().parents[1])
PREFIXES = """@prefix nhm: <https://w3id.org/nhm/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix id: <http://e/id/> .
"""
MEASURE = 'id:M-1 a nhm:Measure ; skos:prefLabel "Radweg"@de , "Cycle path"@en .\n'
GOAL = "id:Z-1 a nhm:Goal ; nhm:refines id:Z-1 .\n"
READABLE = ("json", "sarif", "turtle")
LARGEST = 10_000_000


def checked(text: str, name: str = "plan.ttl") -> Report:
    document = read_bytes((PREFIXES + text).encode(), TURTLE, name, LARGEST)
    return validate([document], FILES.shapes(), FILES.ontology(), Run(day=date(2026, 11, 22)))


@pytest.fixture(scope="module")
def before() -> Report:
    return checked(MEASURE + GOAL)


@pytest.fixture(scope="module")
def after() -> Report:
    """The goal mended, the measure as it was but elsewhere, and a second measure."""
    return checked("\n\n" + MEASURE + MEASURE.replace("M-1", "M-2"), "other.ttl")


def written(report: Report, name: str, since: Comparison | None = None) -> tuple[bytes, str]:
    form = FORMATS[name]
    return form.render(report, View("de", since=since)).encode(), f"report{form.suffix}"


@pytest.mark.parametrize("name", READABLE)
def test_report_beside_itself_has_nothing_new_and_nothing_gone(before: Report, name: str) -> None:
    found = compare(before, report_from(*written(before, name), LARGEST))
    assert found == Comparison((), (), before.findings)
    assert before.findings


@pytest.mark.parametrize("name", READABLE)
def test_mended_is_gone_added_is_new_and_moved_stays(
    before: Report, after: Report, name: str
) -> None:
    found = compare(after, report_from(*written(before, name), LARGEST))
    assert {each.focus for each in found.new} == {"http://e/id/M-2"}
    assert {each.focus for each in found.gone} == {"http://e/id/Z-1"}
    assert {each.focus for each in found.stayed} == {"http://e/id/M-1"}
    assert all(each.rule_name and each.message.de for each in found.gone)
    assert {each.rule for each in found.gone} <= {each.rule for each in before.findings}


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_what_was_gone_already_is_not_gone_again(before: Report, after: Report, name: str) -> None:
    middle = compare(after, before.findings)
    assert middle.gone
    data = written(after, name, middle)
    assert compare(after, report_from(*data, LARGEST)) == Comparison((), (), after.findings)


@pytest.mark.parametrize(
    "form", [ox.RdfFormat.N_TRIPLES, ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML]
)
def test_shacl_report_is_read_in_other_rdf_formats(before: Report, form: ox.RdfFormat) -> None:
    data = ox.serialize(ox.parse(before.turtle, format=ox.RdfFormat.TURTLE), format=form)
    suffix = {"jsonld": ".jsonld", "rdf": ".rdf", "nt": ".nt"}[form.file_extension]
    assert data is not None
    assert not compare(before, report_from(data, f"report{suffix}", LARGEST)).new


def test_report_of_another_engine_is_read_whatever_it_adds() -> None:
    data = b"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .
    [] a sh:ValidationReport ; sh:conforms false ; sh:result [ a sh:ValidationResult ;
        sh:focusNode e:x ; sh:resultPath e:p ; sh:value 5 ; sh:sourceShape [] ;
        sh:sourceConstraintComponent sh:MinCountConstraintComponent ;
        sh:detail [ a sh:ValidationResult ; sh:focusNode e:y ; sh:sourceShape e:S ;
            sh:sourceConstraintComponent sh:NodeConstraintComponent ] ] ."""
    (found,) = report_from(data, "jena.ttl", LARGEST)
    assert (found.focus, found.path, found.value) == ("http://e/x", "http://e/p", "5")
    named = replace(found, shape="http://e/S")
    assert compare(Report((named,), (), b""), [found]).stayed == (named,)


def finding(**changes: object) -> Finding:
    basis = Finding(
        "R",
        "Warning",
        "http://e/x",
        None,
        "http://e/p",
        "5",
        Text("", ""),
        "http://e/R",
        "http://c",
    )
    return replace(basis, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"file": "a.ttl", "line": 7, "message": Text("a", "b"), "severity": "Info"}, True),
        ({"label": Text("a", "b"), "city": Text("a", "b"), "office": Text("a", "b")}, True),
        ({"focus": "http://e/y"}, False),
        ({"shape": "http://e/S"}, False),
        ({"path": "http://e/q"}, False),
        ({"value": "6"}, False),
        ({"component": "http://d"}, False),
    ],
    ids=str,
)
def test_identity_is_rule_node_path_value_and_component(
    changes: dict[str, object], same: bool
) -> None:
    found = compare(Report((finding(**changes),), (), b""), [finding()])
    assert bool(found.stayed) == same
    assert (finding(**changes).fingerprint == finding().fingerprint) == same


def test_nodes_without_address_are_counted_because_their_names_change() -> None:
    now = tuple(finding(focus=f"_:{name}") for name in "abc")
    found = compare(Report(now, (), b""), [finding(focus="_:x"), finding(focus="_:y")])
    assert (len(found.new), len(found.gone), len(found.stayed)) == (1, 0, 2)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("report.json", b"{", "not valid JSON (line 1)"),
        ("report.json", b"\xff", "not valid JSON"),
        ("report.json", b"[" * 200_000, "not valid JSON"),
        ("report.json", b"[]", "no report of a validation"),
        ("report.json", b'{"a": 1}', "no report of a validation"),
        ("report.json", b'{"findings": [{"rule": "M03"}]}', "missing or have the wrong form"),
        ("report.json", b'{"findings": 5}', "missing or have the wrong form"),
        ("report.sarif", b'{"version": "2.1.0", "runs": [{}]}', "missing or have the wrong form"),
        (
            "report.sarif",
            b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "other"}}}]}',
            "from another program",
        ),
        ("report.ttl", b"<a:a> <a:b> <a:c> .", "no sh:ValidationReport"),
        ("report.ttl", b"{}", "report.ttl, line 1"),
    ],
)
def test_file_that_is_no_report_is_refused_and_the_refusal_says_why(
    name: str, data: bytes, said: str
) -> None:
    with pytest.raises(UnreadableData) as refused:
        report_from(data, name, LARGEST)
    assert said in str(refused.value)
    assert name in str(refused.value)
    assert refused.value.mend is not None


@pytest.mark.parametrize(
    ("write", "refusal"),
    [
        (lambda folder: folder / "missing.json", UnreadableData),
        (lambda folder: folder, UnreadableData),
        (lambda folder: _file(folder / "report.txt", b""), UnsupportedFormat),
        (lambda folder: _file(folder / "report.json", b" " * 1_001), TooLarge),
    ],
    ids=["missing", "folder", "text", "large"],
)
def test_file_that_cannot_be_read_is_refused(
    tmp_path: Path, write: Callable[[Path], Path], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        read_report(write(tmp_path), 1_000)


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
