"""One Turtle file that is one graph of a synthetic city."""

from datetime import date
from pathlib import Path

BASE = "https://w3id.org/nhm/examples/"
_VOC = "https://w3id.org/nhm/voc/"
_SHARED = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "id": BASE + "id/",
    "nhm": "https://w3id.org/nhm/ns#",
    "org": "http://www.w3.org/ns/org#",
    "qb": "http://purl.org/linked-data/cube#",
    "sdg": "http://metadata.un.org/sdg/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LISTS = {
    "completeness": "data-completeness",
    "comparator": "comparator",
    "conf": "confidence",
    "dir": "direction",
    "dkind": "decision-kind",
    "ed": "editorial-status",
    "ev": "evidence",
    "itype": "indicator-type",
    "kind": "graph-kind",
    "level": "participation-level",
    "mtype": "municipality-type",
    "ostatus": "observation-status",
    "outcome": "answer-outcome",
    "pillar": "pillar",
    "polarity": "polarity",
    "res": "resource-kind",
    "role": "role",
    "sstatus": "step-status",
    "stage": "allocation-stage",
    "status": "implementation-status",
    "stype": "step-type",
    "topic": "claim-topic",
    "uom": "unit",
    "weight": "weight",
}
# A prefix of the city for each type of thing, where it is not the type's own name.
_TYPES = {
    "alloc": "allocation",
    "assess": "pillar-assessment",
    "citizen": "citizen-contribution",
    "process": "participation",
    "resp": "responsibility",
}
_OWN = (
    *("answer", "body", "claim", "contribution", "cycle", "dataset", "decision", "definition"),
    *("field", "goal", "group", "indicator", "measure", "observation", "paper", "partner", "plan"),
    *("principle", "source", "step", "structure", "target", "unit", "version", "vision"),
)

Pair = tuple[str, str]


def both(german: str, english: str | None) -> str:
    """Two literals in Turtle, German and English; only the German one where there is no other.

    >>> both("Ziel", "goal")
    '"Ziel"@de , "goal"@en'
    """
    return f'"{german}"@de' + (f' , "{english}"@en' if english else "")


def day(value: date) -> str:
    """A day in Turtle.

    >>> day(date(2030, 1, 2))
    '"2030-01-02"^^xsd:date'
    """
    return f'"{value.isoformat()}"^^xsd:date'


def when(first: date, last: date) -> list[Pair]:
    """A time from a first to a last day, as data says it (nhm:earliest, latest, dateText)."""
    worded = first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
    return [
        ("nhm:earliest", day(first)),
        ("nhm:latest", day(last)),
        ("nhm:dateText", f'"{worded}"'),
    ]


class GraphFile:
    """Collects what one graph of a city says and writes it as Turtle.

    >>> file = GraphFile("stadt-0001", "Stadt 0001", "org", "Organisation", "organisation")
    >>> file.add("id:stadt-0001", "nhm:Municipality", ("nhm:slug", '"stadt-0001"'))
    >>> "id:stadt-0001 a nhm:Municipality ;" in file.text()
    True
    """

    def __init__(self, slug: str, name: str, kind: str, german: str, english: str) -> None:
        self.slug = slug
        self.kind = kind
        self._parts: list[str] = []
        self.add(
            f"<{BASE}graph/{slug}/{kind}>",
            "nhm:CityGraph",
            ("nhm:municipality", f"id:{slug}"),
            ("nhm:graphKind", f"kind:{kind}"),
            ("nhm:fictional", "true"),
            ("dct:title", both(f"{name}: {german}", f"{name}: {english}")),
            ("dct:description", both("Alle Angaben sind erfunden.", "Everything is invented.")),
            ("dct:license", "<https://creativecommons.org/publicdomain/zero/1.0/>"),
            ("dct:modified", day(date(2026, 11, 22))),
            ("dct:creator", "<https://w3id.org/nhm>"),
        )

    def section(self, title: str) -> None:
        """A comment above the things that follow."""
        self._parts.append(f"# ===== {title} =====")

    def add(self, subject: str, cls: str, *pairs: Pair) -> None:
        """A thing with its class and its pairs of property and value, all in Turtle."""
        lines = [f"{subject} a {cls}", *(f"    {name} {value}" for name, value in pairs)]
        self._parts.append(" ;\n".join(lines) + " .")

    def own(self, subject: str, cls: str, *pairs: Pair) -> None:
        """The same for a thing that names its municipality."""
        self.add(subject, cls, ("nhm:municipality", f"id:{self.slug}"), *pairs)

    def text(self) -> str:
        """The whole file: comment, prefixes, statements."""
        city = f"{BASE}id/{self.slug}/"
        prefixes = _SHARED | {name: f"{_VOC}{code}/" for name, code in _LISTS.items()}
        prefixes |= {name: f"{city}{name}/" for name in _OWN}
        prefixes |= {name: f"{city}{code}/" for name, code in _TYPES.items()}
        lines = [f"@prefix {name}: <{prefixes[name]}> ." for name in sorted(prefixes)]
        comment = "# A synthetic city, written by bench/cities.py. Licence: CC0 1.0."
        return "\n".join([comment, "", *lines, "", "\n\n".join(self._parts), ""])

    def write(self, folder: Path) -> Path:
        """Writes {folder}/{kind}.ttl and says where it is."""
        path = folder / f"{self.kind}.ttl"
        path.write_text(self.text(), encoding="utf-8", newline="\n")
        return path
