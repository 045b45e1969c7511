"""The reference is complete, in both languages, and loads nothing from elsewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from nhm_graph.catalog.files import find_data_files
from nhm_graph.cli.main import main
from nhm_graph.publish.reference import Reference, read_reference, reference_pages

ROOT = Path(__file__).resolve().parents[1]


@cache
def reference() -> Reference:
    return read_reference(find_data_files(ROOT))


@cache
def pages() -> dict[str, str]:
    return reference_pages(reference())


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_term_rule_question_and_list_has_its_place(language: str) -> None:
    def anchors(page: str) -> set[str]:
        return set(re.findall(r' id="([^"]+)"', pages()[f"{language}/{page}.html"]))

    assert {each.name for each in reference().terms} <= anchors("ontology")
    assert {each.id for each in reference().rules} <= anchors("rules")
    assert {each.name for each in reference().questions} <= anchors("questions")
    assert {each.name for each in reference().lists} <= anchors("lists")


def test_each_term_stands_in_a_part_of_the_ontology() -> None:
    placed = [term.name for *_, terms in reference().modules() for term in terms]
    assert sorted(placed) == sorted(term.name for term in reference().terms)


def test_every_part_with_classes_has_a_picture_with_words_beside_it() -> None:
    with_classes = [
        terms for *_, terms in reference().modules() if any(t.kind == "class" for t in terms)
    ]
    page = pages()["de/ontology.html"]
    assert page.count("<svg ") == len(with_classes) == page.count("Das Bild in Worten")


@pytest.mark.parametrize("name", sorted(reference_pages(read_reference(find_data_files(ROOT)))))
def test_no_page_loads_anything_from_elsewhere_and_links_within_resolve(name: str) -> None:
    page = pages()[name]
    assert not re.findall(r'<(?:script|img|iframe)\b|@import|src="', page)
    folder = Path(name).parent
    for link in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', page):
        if not link.startswith("https://creativecommons.org/"):
            target = (folder / link).as_posix()
            parts: list[str] = []
            for part in target.split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in pages(), link


def test_fragments_resolve() -> None:
    for name, page in pages().items():
        for target, fragment in re.findall(r'href="([a-z]+\.html)#([^"]+)"', page):
            wanted = pages()[f"{Path(name).parent}/{target}"]
            assert f' id="{fragment}"' in wanted, f"{name}: {target}#{fragment}"


def test_german_pages_are_german_and_english_ones_english() -> None:
    assert "Wirkungsbeitrag" in pages()["de/ontology.html"]
    assert "Wirkungsbeitrag" not in pages()["en/ontology.html"].split("</header>")[1].replace(
        "Wirkungsbeiträge", ""
    )


def test_the_table_ties_terms_to_rules_and_questions() -> None:
    used = reference().used["servesGoal"]
    assert {"M01", "G07"} <= used.rules
    assert "goals-without-measures" in used.questions


def test_the_pages_in_docs_are_current() -> None:
    folder = ROOT / "docs/reference"
    standing = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")
    }
    other = {name for name in standing.keys() | pages() if standing.get(name) != pages().get(name)}
    assert other == set(), "run: nhm-graph reference docs/reference --docs docs"


def test_the_command_builds_the_sections_of_the_documentation(tmp_path: Path) -> None:
    mark = "<!-- built by nhm-graph reference: {} lists -->\n"
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{mark.format('begin')}outdated\n{mark.format('end')}after\n", "utf-8")
    command = ["reference", str(tmp_path / "html"), "--docs", str(tmp_path)]
    assert CliRunner().invoke(main, command).exit_code == 0
    text = page.read_text("utf-8")
    assert text.startswith("Before\n")
    assert text.endswith("after\n")
    assert "`ecological` ecological" in text
    assert "outdated" not in text


def test_an_unknown_section_is_refused(tmp_path: Path) -> None:
    mark = "<!-- built by nhm-graph reference: {} plans -->\n"
    (tmp_path / "page.md").write_text(mark.format("begin") + mark.format("end"), "utf-8")
    command = ["reference", str(tmp_path / "html"), "--docs", str(tmp_path)]
    done = CliRunner().invoke(main, command, env={"NHM_LANG": "en"})
    assert done.exit_code == 2
    assert "“plans”" in done.output


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["reference", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "de/ontology.html").read_text(encoding="utf-8") == pages()[
        "de/ontology.html"
    ]
