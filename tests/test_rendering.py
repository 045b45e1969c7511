"""A report in each format, grouped as people act on it, in both languages."""

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from nhm_graph.catalog.rules import Rule
from nhm_graph.checks.rendering import (
    COLUMNS,
    FORMATS,
    GROUPINGS,
    View,
    as_csv,
    as_html,
    as_text,
    html_policy,
)
from nhm_graph.checks.report import Comparison, Explained, Finding, Report, ordered
from nhm_graph.language import LANGUAGES, Language, Text

RULE = "https://w3id.org/nhm/rule/"
SHC = "http://www.w3.org/ns/shacl#"
CITY = Text(de="Neudorf (fiktiv)", en="Neudorf (fictional)")
OTHER = Text(de="Altdorf", en="Altdorf")
OFFICE = Text(de="Bauamt", en="Building office")
STATUS = Finding(
    rule="M03",
    severity="Violation",
    focus="http://e/id/M-2",
    label=Text(de="Radweg", en="Cycle path"),
    path="https://w3id.org/nhm/ns#implementationStatus",
    value='<b>x</b>, "y"\n2',
    message=Text(de="Der Status fehlt. Einen angeben.", en="The status is missing. State one."),
    shape=RULE + "M03",
    component=SHC + "MinCountConstraintComponent",
    file="data/plan.ttl",
    line=5,
    rule_name=Text(de="Umsetzungsstatus", en="Implementation status"),
    city=CITY,
    office=OFFICE,
)
LEAD = replace(
    STATUS,
    rule="M02",
    severity="Warning",
    shape=RULE + "M02",
    message=Text(de="Die Federführung fehlt.", en="The lead is missing."),
    rule_name=Text(de="Federführung", en="Lead"),
    path=None,
    value=None,
    office=None,
)
ELSEWHERE = replace(LEAD, focus="http://e/id/A-1", city=OTHER, label=None, file=None, line=None)
ANSWERED = replace(
    LEAD,
    focus="http://e/id/M-3",
    explained=Explained(
        Text(de="Wird geklärt.", en="Being settled."), "Leitung", "2026-11-01", "2027-03-31"
    ),
)
NOTE = Text(de="Neudorf (fiktiv): erfunden.", en="Neudorf (fictional): invented.")
RULES = tuple(
    Rule(
        RULE + key,
        key,
        Text(de=f"Name {key}", en=f"Name of {key}"),
        severity,
        "basis",
        Text(de=f"Grund {key}", en=f"Reason of {key}"),
        Text(de="Alles", en="Everything"),
        (),
    )
    for key, severity in (("M02", "Warning"), ("M03", "Violation"), ("N01", "Violation"))
)
REPORT = Report(
    ordered([ANSWERED, ELSEWHERE, LEAD, STATUS]),
    ("data/plan.ttl",),
    b"<a:a> <a:b> <a:c> .",
    (NOTE,),
    RULES,
)
GONE = replace(LEAD, focus="http://e/id/M-9", label=Text(de="Weg", en="Path"))
SINCE = Comparison(new=(STATUS,), gone=(GONE,), stayed=(LEAD, ELSEWHERE, ANSWERED))


def shown(name: str, language: Language = "en", since: Comparison | None = None) -> str:
    return FORMATS[name].render(REPORT, View(language, since=since))


def test_findings_are_ordered_by_severity_rule_city_office_and_node_and_not_by_line() -> None:
    last = replace(LEAD, focus="http://e/id/A-9", line=1)
    here = replace(LEAD, focus="http://e/id/Z-1", office=OFFICE, line=9)
    there = replace(ELSEWHERE, focus="http://e/id/Z-9")
    nowhere = replace(LEAD, city=None, focus="http://e/id/A-0")
    found = [last, nowhere, here, there, STATUS]
    assert ordered(found) == (STATUS, there, here, last, nowhere)


# ----- all formats -----


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_the_same_whatever_the_order_of_the_findings(name: str) -> None:
    turned = replace(REPORT, findings=ordered(reversed(REPORT.findings)))
    for by in GROUPINGS:
        view = View("de", by=by, since=SINCE)
        assert FORMATS[name].render(turned, view) == FORMATS[name].render(REPORT, view)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "turtle"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_format_speaks_the_readers_language_only(name: str, language: Language) -> None:
    said = shown(name, language, SINCE)
    for text in (STATUS.message, LEAD.message, STATUS.label, GONE.label):
        assert text is not None
        wanted, other = (text.de, text.en) if language == "de" else (text.en, text.de)
        assert wanted in said
        assert other not in said


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "turtle"])
def test_each_format_shows_what_is_new_and_what_is_gone(name: str) -> None:
    assert GONE.label is not None
    assert GONE.label.en not in shown(name)
    before, after = shown(name), shown(name, since=SINCE)
    assert GONE.label.en in after
    assert len(re.findall(r"\bnew\b", after)) > len(re.findall(r"\bnew\b", before))


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_can_show_an_empty_report(name: str) -> None:
    empty = Report((), ("plan.ttl",), b"")
    assert isinstance(FORMATS[name].render(empty, View("de", since=Comparison((), (), ()))), str)


def test_no_two_formats_share_a_media_type_or_suffix() -> None:
    assert len({each.media_type for each in FORMATS.values()}) == len(FORMATS)
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)


# ----- text -----


def test_text_begins_with_the_verdict_the_counts_and_what_is_fictional() -> None:
    head, note, compared, *_ = as_text(REPORT, "en", since=SINCE).splitlines()
    counts = "violations: 1, warnings: 3, infos: 0, 1 of them explained"
    assert head == f"data/plan.ttl: violations found ({counts})"
    assert note == "Neudorf (fictional): invented."
    assert compared == "Since the earlier report: 1 new, 1 no longer found, 3 stayed."


def test_text_counts_by_rule_and_says_a_message_once_for_all_it_is_about() -> None:
    said = as_text(replace(REPORT, findings=ordered([STATUS, LEAD, ELSEWHERE])), "en")
    assert "\n  1  Violation M03  Implementation status\n  2  Warning M02  Lead\n" in said
    assert "\nWarning M02  Lead: 2\n  The lead is missing.\n  - <http://e/id/A-1>\n" in said
    assert said.count("The lead is missing.") == 1


def test_text_keeps_what_is_explained_apart() -> None:
    said = as_text(REPORT, "de")
    before, _, after = said.partition("\nErklärt: 1\n")
    assert "http://e/id/M-3" in after
    assert "http://e/id/M-3" not in before
    assert "Erklärt am 2026-11-01 (Leitung, gilt bis 2027-03-31): Wird geklärt." in after


def test_text_by_office_names_who_is_to_act_and_where_nobody_is_recorded() -> None:
    said = as_text(REPORT, "en", by="office")
    titles = re.findall(r"^(.+)\n=+$", said, re.MULTILINE)
    assert titles == [
        "Altdorf: No office recorded (warnings: 1)",
        "Neudorf (fictional): Building office (violations: 1)",
        "Neudorf (fictional): No office recorded (warnings: 1)",
        "Explained: 1",
        "Neudorf (fictional): No office recorded (warnings: 1)",
    ]


def test_text_by_city_has_one_part_for_each_city_and_one_for_the_rest() -> None:
    nowhere = replace(LEAD, city=None, focus="http://e/x")
    said = as_text(replace(REPORT, findings=ordered([nowhere, STATUS, ELSEWHERE])), "de", by="city")
    titles = re.findall(r"^(.+) \(.+\)\n=+$", said, re.MULTILINE)
    assert titles == ["Altdorf", "Neudorf (fiktiv)", "Ohne Angabe der Kommune"]


def test_text_from_the_data_cannot_steer_the_terminal() -> None:
    nasty = Text(de="\x1b[2Ja\nb", en="\x1b[2Ja\nb")
    found = replace(STATUS, label=nasty, message=nasty, value="\x1b[31m", city=nasty, office=nasty)
    for by in GROUPINGS:
        assert "\x1b" not in as_text(replace(REPORT, findings=(found,)), "de", by=by)


def test_many_documents_are_counted_and_not_listed() -> None:
    names = tuple(f"{number}.ttl" for number in range(9))
    assert as_text(Report((), names, b""), "en").startswith("9 files: no violations")


# ----- JSON, CSV, GitHub -----


def test_json_carries_whom_each_finding_concerns_and_the_counts_by_rule() -> None:
    report = json.loads(shown("json"))
    first = report["findings"][0]
    assert (first["city"], first["office"]) == ("Neudorf (fictional)", "Building office")
    assert (first["rule"], first["ruleName"]) == ("M03", "Implementation status")
    assert report["notes"] == [NOTE.en]
    assert [(each["rule"], each["count"], each["explained"]) for each in report["rules"]] == [
        ("M03", 1, 0),
        ("M02", 3, 1),
    ]
    assert "gone" not in report
    compared = json.loads(shown("json", since=SINCE))
    assert compared["comparison"] == {"new": 1, "gone": 1, "stayed": 3}
    assert [each["since"] for each in compared["findings"]] == ["new", "stayed", "stayed", "stayed"]
    assert [each["focus"] for each in compared["gone"]] == [GONE.focus]


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_keeps_its_columns_in_both_languages_and_quotes_what_it_must(
    language: Language,
) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REPORT, language), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["value"] == STATUS.value
    assert rows[0]["message"] == STATUS.message.in_(language)
    assert len(rows) == 4


def test_annotations_are_one_line_each_and_escape_what_is_theirs() -> None:
    text = Text(de="100 %\nzwei", en="100 %\ntwo")
    report = replace(REPORT, findings=(replace(STATUS, message=text, file="a,b.ttl"),))
    (line,) = FORMATS["github"].render(report, View("en")).splitlines()
    assert line == "::error file=a%2Cb.ttl,line=5,title=M03::Cycle path: 100 %25%0Atwo"


# ----- HTML -----


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", GROUPINGS)
def test_html_stands_alone_and_is_accessible(language: Language, by: Any) -> None:
    page = as_html(REPORT, language, by, SINCE)
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<(script|link|img|iframe|object)\b|url\(|@import|src=|\son\w+=", page)
    assert re.findall(r'href="([^#][^"]*)"', page) == []
    assert page.count("<h1>") == 1
    levels = [int(each) for each in re.findall(r"<h(\d)\b", page)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert re.findall(r"<th(?! scope=)[ >]", page) == []
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', page)) <= set(ids)
    assert f'<p class="fictional">{NOTE.in_(language)}</p>' in page
    assert "@media print" in page


def test_html_escapes_what_comes_from_the_data() -> None:
    nasty = Text(de="<script>alert(1)</script>", en="<script>alert(1)</script>")
    found = replace(
        STATUS,
        label=nasty,
        message=nasty,
        city=nasty,
        office=nasty,
        rule_name=nasty,
        rule="<script>",
        focus="javascript:alert(1)",
        file="<script>",
        explained=Explained(nasty, "<script>", "<script>", "<script>"),
    )
    report = replace(REPORT, findings=(found, STATUS), notes=(nasty,), documents=("<script>",))
    for by in GROUPINGS:
        page = as_html(report, "de", by)
        assert "<script" not in page
        assert 'href="javascript' not in page
        assert "<b>x</b>" not in page


def test_policy_for_the_page_allows_its_own_style_and_nothing_else() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", as_html(REPORT, "de"), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sources = [part.split() for part in html_policy().split("; ")]
    assert ["default-src", "'none'"] in sources
    assert ["style-src", f"'sha256-{digest}'"] in sources
    assert all(part[1:] == ["'none'"] for part in sources if part[0] != "style-src")


# ----- SARIF 2.1.0 -----


def test_sarif_has_what_its_schema_requires() -> None:
    log = json.loads(shown("sarif", since=SINCE))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "nhm_graph"
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert urlsplit(rule["helpUri"]).scheme == "https"
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert [rule["id"] for rule in driver["rules"]] == ["M02", "M03", "N01"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["level"] in ("error", "warning", "note")
        assert result["partialFingerprints"]
        for location in result["locations"]:
            physical = location.get("physicalLocation")
            if physical:
                uri = urlsplit(physical["artifactLocation"]["uri"])
                assert not uri.scheme
                assert not uri.path.startswith("/")
                assert physical["region"]["startLine"] >= 1


def test_sarif_names_files_relative_to_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = str(tmp_path / "a folder" / "straße.ttl")
    report = Report((replace(STATUS, file=name),), (name, name), b"")
    (run,) = json.loads(FORMATS["sarif"].render(report, View("en")))["runs"]
    (artifact,) = run["artifacts"]
    (location,) = run["results"][0]["locations"]
    assert artifact["location"]["uri"] == "a%20folder/stra%C3%9Fe.ttl"
    assert location["physicalLocation"]["artifactLocation"] == artifact["location"]


def test_sarif_suppresses_what_is_explained_and_nothing_else() -> None:
    results = json.loads(shown("sarif"))["runs"][0]["results"]
    suppressed = [each for each in results if "suppressions" in each]
    (result,) = suppressed
    assert result["properties"]["focus"] == ANSWERED.focus
    (suppression,) = result["suppressions"]
    assert suppression == {
        "kind": "inSource",
        "justification": "Being settled. (Leitung, 2026-11-01)",
    }
    assert all("baselineState" not in each for each in results)


def test_sarif_says_of_each_result_whether_it_was_there_before() -> None:
    results = json.loads(shown("sarif", since=SINCE))["runs"][0]["results"]
    states = {
        each["properties"]["focus"] + each["ruleId"]: each["baselineState"] for each in results
    }
    assert states == {
        STATUS.focus + "M03": "new",
        LEAD.focus + "M02": "unchanged",
        ELSEWHERE.focus + "M02": "unchanged",
        ANSWERED.focus + "M02": "unchanged",
        GONE.focus + "M02": "absent",
    }


def test_sarif_fingerprint_survives_another_file_line_language_and_wording() -> None:
    def prints(finding: Finding, language: Language) -> Any:
        log = json.loads(
            FORMATS["sarif"].render(replace(REPORT, findings=(finding,)), View(language))
        )
        return log["runs"][0]["results"][0]["partialFingerprints"]

    moved = replace(STATUS, file="other.ttl", line=99, message=Text(de="Neu.", en="New."))
    assert prints(STATUS, "de") == prints(moved, "en")
    assert prints(STATUS, "de") != prints(replace(STATUS, value="z"), "de")


def test_sarif_describes_foreign_shapes_by_what_they_say() -> None:
    foreign = replace(STATUS, rule="Person", shape="http://e/Person", rule_name=None)
    log = json.loads(FORMATS["sarif"].render(Report((foreign,), (), b""), View("en")))
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["id"], rule["helpUri"]) == ("Person", "http://e/Person")
    assert rule["fullDescription"]["text"] == STATUS.message.en
