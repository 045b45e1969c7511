"""How a reader wants a report shown."""

from dataclasses import dataclass
from typing import Literal

from nhm_graph.checks.report import Comparison
from nhm_graph.language import Language

Grouping = Literal["rule", "city", "office"]
GROUPINGS: tuple[Grouping, ...] = ("rule", "city", "office")


@dataclass(frozen=True, slots=True)
class View:
    """Language, width in characters, by what findings are grouped, and what was found before.

    Text and HTML are grouped; the other formats are for machines and carry rule, city and office
    with each finding.

    >>> View("en").by
    'rule'
    """

    language: Language
    width: int = 100
    by: Grouping = "rule"
    since: Comparison | None = None
