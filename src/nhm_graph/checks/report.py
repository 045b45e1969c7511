"""What a validation found, in an order that two runs share."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from nhm_graph.catalog.rules import Rule
from nhm_graph.language import Language, Text

Severity = Literal["Violation", "Warning", "Info"]
SEVERITIES: tuple[Severity, ...] = ("Violation", "Warning", "Info")
# What stands in the text of a path of several steps and never in an IRI.
_NO_IRI = frozenset("<>^| ")


class Identity(NamedTuple):
    """What makes a finding the same in two reports, wherever it stands and however it is worded.

    A node without address has another name in each run and a path of several steps has none: the
    first counts as `_:`, the second as no path.
    """

    shape: str
    focus: str
    path: str
    value: str
    component: str


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation in force: text, function of its author, day, last day."""

    text: Text
    function: str
    on: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a rule on one node.

    `rule` is the rule's identifier, `message` says what is wrong and how to mend it, `label` is
    how people call the node. `file` and `line` (from 1) are where the node is first described.
    `explained` is the answer that the data gives to the finding (comply or explain). `city` is
    the municipality the node belongs to, `office` who leads it: the unit that is to act.
    """

    rule: str
    severity: Severity
    focus: str
    label: Text | None
    path: str | None
    value: str | None
    message: Text
    shape: str
    component: str
    file: str | None = None
    line: int | None = None
    explained: Explained | None = None
    rule_name: Text | None = None
    city: Text | None = None
    office: Text | None = None

    @property
    def identity(self) -> Identity:
        """What stays the same in a later report, as long as nobody mends it."""
        path = "" if _NO_IRI.intersection(self.path or "") else self.path or ""
        parts = (self.shape, self.focus, path, self.value or "", self.component)
        return Identity(*("_:" if part.startswith("_:") else part for part in parts))

    @property
    def fingerprint(self) -> str:
        """The identity as 32 hexadecimal digits."""
        said = "\x1f".join(self.identity)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def name(self, language: Language) -> str:
        """How to call the node: its label, else its address."""
        return self.label.in_(language) if self.label else self.focus


@dataclass(frozen=True, slots=True)
class Report:
    """All findings on some documents, in the order of `ordered`.

    `notes` is what has to be said beside them (fictional data), `rules` describes the rules that
    were run, as far as they are rules of shapes/.

    >>> Report((), ("plan.ttl",), b"").conforms
    True
    """

    findings: tuple[Finding, ...]
    documents: tuple[str, ...]
    turtle: bytes
    notes: tuple[Text, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no violation. Warnings are gaps in management and may stand.

        A violation that is explained is still one.
        """
        return self.count("Violation") == 0

    @property
    def explained(self) -> bool:
        """Whether there are violations and each of them is explained.

        >>> Report((), (), b"").explained
        False
        """
        violations = [each for each in self.findings if each.severity == "Violation"]
        return bool(violations) and all(each.explained for each in violations)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity.

        >>> Report((), (), b"").count("Warning")
        0
        """
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def explanations(self) -> int:
        """How many findings are explained.

        >>> Report((), (), b"").explanations
        0
        """
        return sum(1 for finding in self.findings if finding.explained)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report beside an earlier one: what is new, what is gone, what stayed.

    `new` and `stayed` are findings of the report, `gone` are those of the earlier one, with what
    that said about them.
    """

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    stayed: tuple[Finding, ...]


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of a report, each once: by severity, rule, city, office and node.

    Lines are no part of it, so that a line inserted in a file moves nothing.

    >>> ordered([])
    ()
    """
    return tuple(sorted(set(findings), key=_place))


def _place(finding: Finding) -> tuple[object, ...]:
    return (
        SEVERITIES.index(finding.severity),
        finding.rule,
        *placed_after(finding.city),
        *placed_after(finding.office),
        finding.focus,
        finding.shape,
        finding.path or "",
        finding.value or "",
        finding.component,
        finding.message.de,
        finding.file or "",
        finding.line or 0,
    )


def placed_after(name: Text | None) -> tuple[bool, str, str]:
    """A key that sorts names the same in both languages, and what has no name after all others.

    >>> placed_after(None) > placed_after(Text("Zittau", "Zittau"))
    True
    """
    return (name is None, name.de if name else "", name.en if name else "")


def spoken(messages: Mapping[str, str]) -> Text:
    """One text in both languages from messages by language tag; what is missing is borrowed.

    >>> spoken({"de": "Fehlt."})
    Text(de='Fehlt.', en='Fehlt.')
    """
    anything = next(iter(messages.values()), "")
    english = messages.get("en", messages.get("", anything))
    return Text(de=messages.get("de", english), en=english)


SEVERITY_NAMES: Mapping[Severity, Text] = {
    "Violation": Text(de="Verstoß", en="Violation"),
    "Warning": Text(de="Warnung", en="Warning"),
    "Info": Text(de="Hinweis", en="Info"),
}


def severity_name(severity: Severity, language: Language) -> str:
    """What a severity is called.

    >>> severity_name("Violation", "de")
    'Verstoß'
    """
    return SEVERITY_NAMES[severity].in_(language)
