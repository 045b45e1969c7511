"""Named questions: one file queries/<subject>/<name>.rq each, its header read as data.

The header is YAML in lines that begin with `#+` (a superset of grlc's). A parameter is a line
`VALUES ?name { … }` in the query: what stands there is its default, UNDEF means there is none.
The file stays valid SPARQL 1.1 that any engine runs as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from nhm_graph.errors import StoreProblem
from nhm_graph.language import Text

Kind = Literal["iri", "text", "integer", "decimal", "date", "boolean", "language", "choice"]
Scope = Literal["city", "all"]
Form = Literal["select", "construct"]

# What the folders of queries/ are called, in the order in which people are shown them.
SUBJECTS: Mapping[str, Text] = {
    "coverage": Text(de="Abdeckung", en="Coverage"),
    "responsibility": Text(de="Zuständigkeit", en="Responsibility"),
    "progress": Text(de="Fortschritt", en="Progress"),
    "relations": Text(de="Zusammenhänge", en="Relations"),
    "process": Text(de="Prozess", en="Process"),
    "participation": Text(de="Beteiligung", en="Participation"),
    "money": Text(de="Mittel", en="Resources"),
    "benchmark": Text(de="Vergleich", en="Benchmark"),
    "quality": Text(de="Daten", en="Data"),
    "publishing": Text(de="Veröffentlichung", en="Publishing"),
}

_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)
_VALUES = re.compile(r"VALUES \?(\w+) \{ (.*?) \}")
_FORM = re.compile(r"^(SELECT|CONSTRUCT)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question.

    `kind` says how its text is read. An `iri` may also be given by its key: the value that the
    property `key` has on a thing of class `cls`. A `choice` stands for an IRI in `choices`.
    An `optional` one has no default either: not given, the question is about all.
    """

    name: str
    kind: Kind
    label: Text
    required: bool
    optional: bool
    default: str | None
    cls: str | None
    key: str | None
    choices: Mapping[str, str]
    example: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer; `of` names the column whose IRI this one puts into words."""

    name: str
    kind: Kind
    label: Text
    of: str | None


@dataclass(frozen=True, slots=True)
class NamedQuestion:
    """A question with a name, its parameters, its columns and its SPARQL text.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> gaps = read_questions(find_data_files().queries())["sdg-gaps"]
    >>> gaps.subject, gaps.scope, gaps.form
    ('coverage', 'city', 'select')
    >>> [parameter.name for parameter in gaps.parameters]
    ['city', 'level', 'lang']
    """

    name: str
    subject: str
    summary: Text
    question: Text
    scope: Scope
    form: Form
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    shows: tuple[str, ...]
    competency: tuple[str, ...]
    text: str

    def bind(self, values: Mapping[str, str]) -> str:
        """The SPARQL text with serialised terms in place of the parameters' defaults.

        >>> from nhm_graph.catalog.files import find_data_files
        >>> gaps = read_questions(find_data_files().queries())["sdg-gaps"]
        >>> 'VALUES ?lang { "en" }' in gaps.bind({"lang": '"en"'})
        True
        """

        def put(match: re.Match[str]) -> str:
            name = match[1]
            return f"VALUES ?{name} {{ {values[name]} }}" if name in values else match[0]

        return _VALUES.sub(put, self.text)


def read_questions(paths: Iterable[Path]) -> dict[str, NamedQuestion]:
    """All questions by name, sorted by subject and name.

    Raises StoreProblem naming the file and what its header lacks.

    >>> from nhm_graph.catalog.files import find_data_files
    >>> "sdg-coverage" in read_questions(find_data_files().queries())
    True
    """
    questions: dict[str, NamedQuestion] = {}
    for path in sorted(paths, key=lambda path: (path.parent.name, path.stem)):
        if path.stem in questions:
            raise _broken(path, f"the name {path.stem} is taken by another file")
        questions[path.stem] = read_question(path)
    return questions


def read_question(path: Path) -> NamedQuestion:
    """One question from its file. Raises StoreProblem naming what is wrong with the header."""
    text = path.read_text(encoding="utf-8")
    header = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
    try:
        data = yaml.safe_load(header)
        return _question(path, text, data)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise _broken(path, f"{type(error).__name__}: {error}") from error


def _question(path: Path, text: str, data: Any) -> NamedQuestion:
    prefixes = dict(_PREFIX.findall(text))
    defaults = dict(_VALUES.findall(text))
    declared: dict[str, Any] = data.get("parameters") or {}
    if set(declared) != set(defaults):
        raise ValueError(f"parameters {sorted(declared)} but VALUES lines {sorted(defaults)}")
    form = _FORM.search(text)
    if form is None:
        raise ValueError("neither SELECT nor CONSTRUCT at the beginning of a line")
    return NamedQuestion(
        name=path.stem,
        subject=path.parent.name,
        summary=_text(data["summary"]),
        question=_text(data["question"]),
        scope=data["scope"],
        form="select" if form[1] == "SELECT" else "construct",
        parameters=tuple(
            _parameter(name, each, defaults[name], prefixes) for name, each in declared.items()
        ),
        columns=tuple(
            Column(name, each["type"], _text(each), each.get("of"))
            for name, each in (data.get("columns") or {}).items()
        ),
        shows=tuple(data.get("shows") or ()),
        competency=tuple(str(each) for each in data["competency"]),
        text=text,
    )


def _parameter(name: str, data: Any, standing: str, prefixes: Mapping[str, str]) -> Parameter:
    choices = {
        str(label): _expand(term, prefixes) for label, term in (data.get("choices") or {}).items()
    }
    return Parameter(
        name=name,
        kind=data["type"],
        label=_text(data),
        required=bool(data.get("required", False)),
        optional=bool(data.get("optional", False)),
        default=str(data["default"])
        if "default" in data
        else _default(standing, choices, prefixes),
        cls=_expand(data["class"], prefixes) if "class" in data else None,
        key=_expand(data["key"], prefixes) if "key" in data else None,
        choices=choices,
        example=str(data["example"]) if "example" in data else None,
    )


def _default(standing: str, choices: Mapping[str, str], prefixes: Mapping[str, str]) -> str | None:
    if standing == "UNDEF":
        return None
    if choices:
        return next(label for label, iri in choices.items() if iri == _expand(standing, prefixes))
    return standing.strip('"')


def _expand(name: str, prefixes: Mapping[str, str]) -> str:
    """The IRI of a prefixed name; KeyError where the file does not declare the prefix."""
    prefix, colon, local = name.partition(":")
    return prefixes[prefix] + local if colon else name


def _text(data: Mapping[str, Any]) -> Text:
    return Text(de=str(data["de"]), en=str(data["en"]))


def _broken(path: Path, why: str) -> StoreProblem:
    return StoreProblem(
        Text(
            de=f"Die Abfragedatei {path.name} ist fehlerhaft: {why}.",
            en=f"The query file {path.name} has an error: {why}.",
        ),
        mend=Text(
            de="Den Kopf (Zeilen mit #+) nach docs/questions.md berichtigen.",
            en="Correct the header (lines with #+) after docs/questions.md.",
        ),
    )


def shown(columns: Sequence[Column]) -> list[int]:
    """The positions of the columns that people read: an IRI gives way to the words for it.

    >>> label = Text("Ziel", "Goal")
    >>> shown([Column("goal", "iri", label, None), Column("title", "text", label, "goal")])
    [1]
    """
    worded = {column.of for column in columns}
    return [number for number, column in enumerate(columns) if column.name not in worded]
