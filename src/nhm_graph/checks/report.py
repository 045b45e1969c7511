"""What a validation found, in an order that two runs share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nhm_graph.language import Language, Text

Severity = Literal["Violation", "Warning", "Info"]
SEVERITIES: tuple[Severity, ...] = ("Violation", "Warning", "Info")


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
    `explained` is the answer that the data gives to the finding (comply or explain).
    """

    rule: str
    severity: Severity
    focus: str
    label: str | None
    path: str | None
    value: str | None
    message: Text
    shape: str
    component: str
    file: str | None = None
    line: int | None = None
    explained: Explained | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings on some documents, violations first, then by file, line, rule and node.

    >>> Report((), ("plan.ttl",), b"").conforms
    True
    """

    findings: tuple[Finding, ...]
    documents: tuple[str, ...]
    turtle: bytes

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


def ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of a report, each once.

    >>> ordered([])
    ()
    """
    return tuple(sorted(set(findings), key=_place))


def _place(finding: Finding) -> tuple[object, ...]:
    return (
        SEVERITIES.index(finding.severity),
        finding.file or "",
        finding.line or 0,
        finding.rule,
        finding.focus,
        finding.path or "",
        finding.value or "",
        finding.message.de,
    )


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
