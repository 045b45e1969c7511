"""The regular sections of the documentation, built into its Markdown pages.

A section stands between two comments, `<!-- built by nhm-graph reference: begin NAME -->` and the
same with `end`. Everything else on a page is hand-written and stays as it is.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nhm_graph.catalog.questions import SUBJECTS, NamedQuestion, Parameter
from nhm_graph.catalog.rules import Rule
from nhm_graph.errors import StoreProblem
from nhm_graph.language import Text
from nhm_graph.publish.reference import Reference, short_name
from nhm_graph.publish.terms import OntologyTerm
from nhm_graph.rdf.terms import NHM

_SECTION = re.compile(
    r"(<!-- built by nhm-graph reference: begin (\S+) -->\n)(.*?)"
    r"(<!-- built by nhm-graph reference: end \2 -->)",
    re.DOTALL,
)
_BEFORE_FORM = re.compile(r"((?:^#[^+\n]*\n)+)^(?:SELECT|CONSTRUCT)\b", re.MULTILINE)
_COMPETENCY = re.compile(r"^\| ([A-Z]\d+) \| (.*?) \|.*$", re.MULTILINE)
_VALUES = {
    "language": "`de` or `en`; left out: the language of the reader",
    "iri": "identifier or address",
    "date": "a day such as `2026-11-22`",
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "`true` or `false`",
    "text": "text",
}


def without_built_sections(text: str) -> str:
    """What is hand-written on a page.

    >>> mark = "<!-- built by nhm-graph reference: %s x -->"
    >>> without_built_sections(f"a {mark % 'begin'}\\nb\\n{mark % 'end'} c")
    'a  c'
    """
    return _SECTION.sub("", text)


def built(reference: Reference, text: str) -> str:
    """A page with its sections built anew; idempotent. Raises StoreProblem for an unknown section.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> from nhm_graph.publish.reference import read_reference
    >>> mark = "<!-- built by nhm-graph reference: %s lists -->"
    >>> page = f"{mark % 'begin'}\\n{mark % 'end'}"
    >>> "| Roles |" in built(read_reference(find_data_files()), page).replace("Rollen / ", "")
    True
    """

    def build(match: re.Match[str]) -> str:
        name = match[2]
        if name not in _BUILDERS:
            raise _unknown(name)
        content = "\n".join(_BUILDERS[name](reference, match[3])).strip("\n")
        return f"{match[1]}\n{content}\n\n{match[4]}"

    return _SECTION.sub(build, text)


def write_sections(reference: Reference, folder: Path) -> list[Path]:
    """Builds the sections into the pages of a folder, in place; the pages that have any.

    Raises StoreProblem where no page has one.
    """
    written = []
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if _SECTION.search(text):
            path.write_text(built(reference, text), encoding="utf-8")
            written.append(path)
    if not written:
        raise _unknown(None, folder)
    return written


def _questions(reference: Reference, _standing: str) -> Iterator[str]:
    known = [*SUBJECTS, *sorted({each.subject for each in reference.questions} - {*SUBJECTS})]
    for subject in known:
        of_it = [each for each in reference.questions if each.subject == subject]
        if of_it:
            yield f"## {SUBJECTS[subject].en if subject in SUBJECTS else subject}\n"
        for question in sorted(of_it, key=lambda each: each.name):
            yield from _question(question)


def _question(question: NamedQuestion) -> Iterator[str]:
    yield f"### `{question.name}`\n"
    yield f"{_cell(question.question.en)}\n<br>*{_cell(question.question.de)}*\n"
    note = _BEFORE_FORM.search(question.text)
    if note:
        yield " ".join(line.lstrip("# ") for line in note[1].splitlines()) + "\n"
    if question.parameters:
        yield "| parameter | what it is | values |\n|---|---|---|"
        for each in question.parameters:
            required = " (required)" if each.required else ""
            yield f"| `{each.name}`{required} | {_cell(each.label.en)} | {_values(each)} |"
        yield ""
    if question.form == "construct":
        yield "The answer is a graph (Turtle in the terminal).\n"
    else:
        columns = (
            f"`{each.name}` {each.label.en}{' (address)' if each.kind == 'iri' else ''}"
            for each in question.columns
        )
        yield f"Columns: {', '.join(columns)}.\n"
    numbers = ", ".join(question.competency)
    yield f"Answers of the [competency questions](#competency-questions): {numbers}.\n"


def _values(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        said = " or ".join(f"`{each}`" for each in parameter.choices)
    elif parameter.cls == NHM("Municipality").value:
        return "short name or address of a municipality in the store"
    else:
        said = _VALUES[parameter.kind]
    if parameter.example and parameter.kind != "date":
        said += f", for instance `{parameter.example}`"
    if parameter.default and parameter.kind != "language":
        said += f", default `{parameter.default}`"
    return said


def _competency(reference: Reference, standing: str) -> Iterator[str]:
    """The table with its last column filled in; numbers and wording stay as they stand."""
    answered = dict(reference.competency())

    def row(match: re.Match[str]) -> str:
        names = ", ".join(f"`{name}`" for name in sorted(answered.get(match[1], ())))
        return f"| {match[1]} | {match[2]} | {names} |"

    yield _COMPETENCY.sub(row, standing)


def _rules(reference: Reference, _standing: str) -> Iterator[str]:
    yield "| rule | severity | tier | what it looks at |\n|---|---|---|---|"
    for rule in reference.rules:
        heading = f"{rule.id} {rule.name.en}"
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        yield (
            f"| [{rule.id}](#{anchor}) | {rule.severity.lower()} | {rule.tier} "
            f"| {_cell(rule.name.en)} / {_cell(rule.name.de)} |"
        )
    yield ""
    for rule in reference.rules:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id} {rule.name.en}\n"
    yield f"*{rule.name.de}* · {rule.severity.lower()} · tier {rule.tier} · `{rule.iri}`\n"
    yield f"{rule.reason.en}\n\n*{rule.reason.de}*\n"
    yield f"Applies to: {rule.applies_to.en}\n\n*Gilt für: {rule.applies_to.de}*\n"
    for message in rule.messages:
        yield f"- {message.en}\n  <br>*{message.de}*"
    yield ""


def _terms(reference: Reference, _standing: str) -> Iterator[str]:
    for _iri, name, about, terms in reference.modules():
        yield f"### {name.en}\n\n{about.en} *{name.de}: {about.de}*\n"
        for kind, head, last in (
            ("class", "class | German / English | what it is | kind of", _parents),
            ("property", "property | German / English | what it says | from → to", _ends),
            ("individual", "individual | German / English | what it is | ", _parents),
        ):
            of_kind = [term for term in terms if term.kind == kind]
            if of_kind:
                yield f"| {head} |\n|---|---|---|---|"
                yield from (_term(term, last(term)) for term in of_kind)
                yield ""


def _term(term: OntologyTerm, last: str) -> str:
    names, said = f"{term.label.de} / {term.label.en}", term.definition.en
    replaced = f" Use {_code(term.replaced_by)}." if term.replaced_by else ""
    old = f"**Deprecated.**{replaced} " if term.deprecated else ""
    return f"| `nhm:{term.name}` | {_cell(names)} | {old}{_cell(said)} | {last} |"


def _parents(term: OntologyTerm) -> str:
    return ", ".join(_code(parent) for parent in term.parents if parent.startswith("http"))


def _ends(term: OntologyTerm) -> str:
    start, end = (_code(each) if each else "" for each in (term.domain, term.range))
    return f"{start} → {end}".strip() if start or end else ""


def _lists(reference: Reference, _standing: str) -> Iterator[str]:
    yield "| list | German / English | entries |\n|---|---|---|"
    for each in reference.lists:
        entries = ", ".join(f"`{entry.code}` {_cell(entry.label.en)}" for entry in each.entries)
        yield (
            f"| [`{each.name}`](../ontology/lists/{each.name}.ttl) "
            f"| {_cell(each.label.de)} / {_cell(each.label.en)} | {entries or '(none)'} |"
        )


def _code(iri: str) -> str:
    return f"`{short_name(iri)}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _unknown(name: str | None, folder: Path | None = None) -> StoreProblem:
    there_are = ", ".join(_BUILDERS)
    said = (
        Text(de=f"Einen Abschnitt „{name}“ gibt es nicht.", en=f"There is no section “{name}”.")
        if name
        else Text(
            de=f"In {folder} hat keine Seite einen Abschnitt, der gebaut wird.",
            en=f"No page in {folder} has a section that is built.",
        )
    )
    return StoreProblem(said, mend=Text(de=f"Es gibt: {there_are}.", en=f"There are: {there_are}."))


_BUILDERS: dict[str, Callable[[Reference, str], Iterator[str]]] = {
    "questions": _questions,
    "competency": _competency,
    "rules": _rules,
    "terms": _terms,
    "lists": _lists,
}
