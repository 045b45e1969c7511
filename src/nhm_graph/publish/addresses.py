"""From a public IRI to the address of its page on this service, and back.

Public IRIs never contain the host that serves them, so they survive a move. The settings say of
which IRIs this service is home (`base_iris`): what begins with BASE + `id/` has its page below
`/doc/`, what begins with BASE + `graph/` below `/graph/`. The terms, lists and rules of the
ontology and the SDGs have fixed places of their own.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nhm_graph.rdf.terms import NHM

HOUSE = str(NHM).removesuffix("ns#")
SDG = "http://metadata.un.org/sdg"
# What stands below the house's own IRIs, and where its page is. A `#` stays as it is.
_HOUSE_PLACES = {
    "ns": "/ns",
    "voc/": "/voc/",
    "rule/": "/rule/",
    "query/": "/queries/",
    "shapes": "/shapes",
    "graph/": "/graph/",
}
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# All that a path or fragment may hold (RFC 3986, 3.3), and % because an IRI is encoded already.
_SAFE = "/%:@!$&'()*+,;=~#"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a service that is home of the IRIs below some bases.

    >>> home = Addresses(("https://w3id.org/nhm/examples/",))
    >>> home.page("https://w3id.org/nhm/examples/id/musterstadt/goal/Z-01")
    '/doc/musterstadt/goal/Z-01'
    >>> home.page("http://metadata.un.org/sdg/7.2"), home.page("https://example.org/id/x")
    ('/sdg/7.2', None)
    """

    bases: Sequence[str]

    @classmethod
    def read(cls, text: str) -> "Addresses":
        """The addresses for bases as a setting lists them, with spaces between.

        >>> Addresses.read("https://a.example https://b.example/x/").bases
        ('https://a.example/', 'https://b.example/x/')
        """
        return cls(
            tuple(each if each.endswith(("/", "#")) else f"{each}/" for each in text.split())
        )

    def page(self, iri: str) -> str | None:
        """The path of the page about an IRI, percent-encoded; None where it has none here."""
        for base in self.bases:
            for folder, place in (("id/", "/doc/"), ("graph/", "/graph/")):
                if iri.startswith(base + folder) and len(iri) > len(base + folder):
                    return encoded(place + iri.removeprefix(base + folder))
        if iri == SDG or (iri.startswith(f"{SDG}/") and "#" not in iri):
            return encoded("/sdg" + iri.removeprefix(SDG))
        if iri.startswith(HOUSE):
            rest = iri.removeprefix(HOUSE)
            for start, place in _HOUSE_PLACES.items():
                if rest.startswith(start):
                    return encoded(place + rest.removeprefix(start))
        return None

    def thing(self, iri: str) -> str | None:
        """The path below `/id/` that stands for a thing itself; None for what is no such thing.

        >>> Addresses(("https://a.example/",)).thing("https://a.example/id/x")
        '/id/x'
        """
        page = self.page(iri)
        return page.replace("/doc/", "/id/", 1) if page and page.startswith("/doc/") else None

    def document(self, iri: str) -> str:
        """The public IRI of the document about an IRI. It does not name the host either.

        >>> Addresses(("https://a.example/",)).document("https://a.example/id/x")
        'https://a.example/doc/x'
        """
        for base in self.bases:
            if iri.startswith(f"{base}id/"):
                return f"{base}doc/" + iri.removeprefix(f"{base}id/")
        if iri.startswith(SDG):
            return f"{HOUSE}sdg" + iri.removeprefix(SDG)
        if iri.startswith(HOUSE):
            return f"{HOUSE}doc/" + iri.removeprefix(HOUSE).partition("#")[0]
        return iri

    def named(self, raw_path: str, folder: str = "id/") -> list[str]:
        """The IRIs that the rest of a path may stand for, below each base, likeliest first.

        `raw_path` is percent-encoded as the client sent it.
        """
        return [base + folder + each for base in self.bases for each in decoded(raw_path)]


def decoded(raw_path: str) -> list[str]:
    """A percent-encoded path as it may stand in an IRI (RFC 3987, 3.2), likeliest first.

    Decoded once: letters beyond ASCII become what they are, in normal form C; what may not stand
    in an IRI, and a percent sign itself, stays encoded. IRIs encoded throughout come second.

    >>> decoded("goal/Gr%C3%B6%C3%9Fe")
    ['goal/Größe', 'goal/Gr%C3%B6%C3%9Fe']
    >>> decoded("goal/50%25"), decoded("goal/a%20b")
    (['goal/50%25'], ['goal/a%20b'])
    """
    written = _ESCAPES.sub(lambda found: _plain(found[0]), raw_path)
    written = unicodedata.normalize("NFC", written)
    upper = _ESCAPES.sub(lambda found: found[0].upper(), raw_path)
    return list(dict.fromkeys([written, upper]))


def encoded(path: str) -> str:
    """A path of an IRI as it stands in a URI (RFC 3987, 3.1).

    >>> encoded("/doc/goal/Größe"), encoded("/doc/goal/50%25")
    ('/doc/goal/Gr%C3%B6%C3%9Fe', '/doc/goal/50%25')
    """
    return quote(path, safe=_SAFE)


def _plain(escapes: str) -> str:
    octets = bytes.fromhex(escapes.replace("%", ""))
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return escapes.upper()
    return "".join(_kept(each) for each in text)


def _kept(character: str) -> str:
    if _UNRESERVED.fullmatch(character) or (ord(character) > 0xA0 and character.isprintable()):
        return character
    return "".join(f"%{octet:02X}" for octet in character.encode())
