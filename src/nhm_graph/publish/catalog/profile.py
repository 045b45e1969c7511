"""What DCAT-AP.de asks for beside the data, read from `profile.ttl`: code lists and keywords."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.statements import Statement
from nhm_graph.rdf.terms import DCT, NHM, RDFS, SKOS, Term

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
LICENCES = "http://dcat-ap.de/def/licenses/"
_FILE = Path(__file__).parent / "profile.ttl"
_LARGEST = 1_000_000
_DCAT = "http://www.w3.org/ns/dcat#"
_ALL_KINDS = "https://w3id.org/nhm/voc/graph-kind"
_UNKNOWN = "http://publications.europa.eu/resource/authority/frequency/UNKNOWN"


@dataclass(frozen=True, slots=True)
class Profile:
    """The statements of `profile.ttl`, by subject and property.

    >>> read_profile().licence("https://creativecommons.org/publicdomain/zero/1.0/")
    'http://dcat-ap.de/def/licenses/cc-zero'
    """

    said: dict[tuple[str, str], list[Term]]

    def licence(self, named: str | None) -> str | None:
        """The entry of the list of DCAT-AP.de for a licence as data names it, None without one.

        >>> read_profile().licence("https://example.org/licence") is None
        True
        """
        if named is None or named.startswith(LICENCES):
            return named
        return self._first(named, SKOS("exactMatch").value)

    def name(self, licence: str) -> str | None:
        """The short name of a licence, None where none is known.

        >>> read_profile().name("https://creativecommons.org/licenses/by/4.0/")
        'CC BY 4.0'
        """
        return self._first(licence, RDFS("label").value)

    def themes(self, kind: str | None) -> list[str]:
        """The EU data themes of a kind of graph, sorted."""
        return sorted(each.value for each in self._of_kind(kind, f"{_DCAT}theme"))

    def keywords(self, kind: str | None) -> list[Term]:
        """The keywords of a kind of graph, in both languages."""
        return list(dict.fromkeys(self._of_kind(kind, f"{_DCAT}keyword")))

    def file_type(self, media_type: str) -> str | None:
        """The EU file type of a media type.

        >>> read_profile().file_type("text/turtle")
        'http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE'
        """
        return self._first(MEDIA_TYPES + media_type, DCT("format").value)

    def frequency(self, months: str | None) -> str:
        """The EU frequency of an interval in months; “unknown” for any other.

        >>> read_profile().frequency("12").rpartition("/")[2]
        'ANNUAL'
        """
        for (subject, predicate), values in sorted(self.said.items()):
            if predicate == NHM("reportingInterval").value and values[0].value == months:
                return subject
        return _UNKNOWN

    def _first(self, subject: str, predicate: str) -> str | None:
        values = self.said.get((subject, predicate))
        return values[0].value if values else None

    def _of_kind(self, kind: str | None, predicate: str) -> Iterable[Term]:
        for subject in (_ALL_KINDS, kind or ""):
            yield from self.said.get((subject, predicate), ())


@cache
def read_profile() -> Profile:
    """The profile that is shipped with the program.

    >>> len(read_profile().keywords(None)) > 3
    True
    """
    said: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for each in read_statements(_FILE):
        said[each.subject, each.predicate].append(each.object)
    return Profile(dict(said))


def read_statements(path: Path) -> list[Statement]:
    """The statements of a file without blank nodes."""
    return [
        Statement(str(quad.subject.value), quad.predicate.value, quad.object)  # type: ignore[union-attr,arg-type]
        for quad in read_file(path, _LARGEST).quads
    ]
