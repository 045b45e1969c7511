"""Values as people read them: dates, numbers, yes and no, names of things, in their language."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from nhm_graph.language import Language, Text
from nhm_graph.publish.addresses import SDG, Addresses
from nhm_graph.publish.catalog.profile import read_profile
from nhm_graph.publish.description import TYPE, Description
from nhm_graph.publish.description_terms import Term, Vocabulary
from nhm_graph.rdf.statements import Statement
from nhm_graph.rdf.terms import DCT, NHM, SKOS, XSD

_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
_SHORT_ADDRESS = 60
_GROUPED_FROM = 10_000
_NUMBERS = {
    XSD(each).value for each in ("integer", "decimal", "double", "float", "nonNegativeInteger")
}
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Value:
    """A value on a page: its text, and where it leads.

    `language` is set where the text is not in the reader's language. `colour` is that of an SDG,
    `number` its number. `iri` is what the value stands for.
    """

    text: str
    href: str | None = None
    external: bool = False
    language: str | None = None
    iri: str | None = None
    number: str | None = None
    colour: str | None = None
    ink: str = ""
    numeric: bool = False
    code: str | None = None


class Words:
    """Puts what a description says into the words of one language."""

    def __init__(
        self, description: Description, vocabulary: Vocabulary, home: Addresses, language: Language
    ) -> None:
        self.description = description
        self.vocabulary = vocabulary
        self.home = home
        self.language = language

    def value(self, statement: Statement) -> Value:
        """The value of a statement."""
        if statement.target is not None:
            return self.thing(statement.target)
        text, datatype = statement.object.value, statement.datatype or ""
        if datatype == XSD("anyURI").value and text.startswith(_WEB):
            return Value(short_address(text), text, external=True)
        other = statement.language if statement.language != self.language else None
        return Value(
            literal_text(text, datatype, self.language),
            language=other,
            numeric=datatype in _NUMBERS,
        )

    def thing(self, iri: str) -> Value:
        """A thing by its name, with the address of its page."""
        page = self.home.page(iri)
        of = None if iri == self.description.iri else iri
        said = self.description.label(self.language, of)
        number = self.description.first(SKOS("notation").value, of) if iri.startswith(SDG) else None
        code = self.description.first(DCT("identifier").value, of)
        colour = self.vocabulary.colours.get((number or "").partition(".")[0])
        outside = page is None and iri.startswith(_WEB)
        if said is None:
            text = self._made_up(iri) if page else self._foreign(iri)
        else:
            text = said.object.value
        language = said.language if said is not None else None
        return Value(
            text,
            page or (iri if outside else None),
            external=outside,
            language=language if language != self.language else None,
            iri=iri,
            number=number,
            colour=colour,
            ink=ink_on(colour) if colour else "",
            code=None if code and text.startswith(code) else code,
        )

    def name(self, iri: str) -> str:
        """A thing as one line of text, its identifier or number first."""
        value = self.thing(iri)
        return " ".join(filter(None, (value.number or value.code, value.text)))

    def kinds(self, of: str | None = None) -> list[Term]:
        """What a thing or neighbour is."""
        said = self.description.values(TYPE, of)
        return self.vocabulary.nearest(each.target for each in said if each.target)

    def _foreign(self, iri: str) -> str:
        term = self.vocabulary.terms.get(iri)
        if term:
            return term.label.in_(self.language)
        return read_profile().name(iri) or short_address(iri)

    def _made_up(self, iri: str) -> str:
        """A name for what has none: what it is, and what it joins."""
        if iri in self.vocabulary.terms:
            return self.vocabulary.terms[iri].label.in_(self.language)
        of = None if iri == self.description.iri else iri
        kind = next((each.label.in_(self.language) for each in self.kinds(of)), "")
        said = self.description.own if of is None else self.description.about.get(iri, ())
        joined = [
            (each.predicate.startswith(str(NHM)), self.name(each.target))
            for each in sorted(said, key=lambda each: self.vocabulary.term(each.predicate).rank)
            if each.target
            and each.predicate not in (TYPE, NHM("municipality").value, DCT("source").value)
            and self.description.label(self.language, each.target) is not None
            and each.target != self.description.city
            and "/voc/" not in each.target
        ]
        years = [
            each.object.value[:4]
            for each in said
            if each.datatype in (XSD("gYear").value, XSD("gYearMonth").value)
        ]
        # What the ontology's own properties join says more than the dataset something stands in.
        names = [name for own, name in joined if own] or [name for _, name in joined]
        parts = " – ".join(dict.fromkeys([*names[:2], *years[:1]]))
        last = iri.rstrip("/").rpartition("/")[2]
        return f"{kind}: {parts or last}" if kind else last


def literal_text(text: str, datatype: str, language: Language) -> str:
    """The text of a literal as people write it.

    >>> literal_text("2026-11-22", XSD("date").value, "de")
    '22.11.2026'
    >>> literal_text("12500.50", XSD("decimal").value, "de")
    '12.500,5'
    >>> literal_text("false", XSD("boolean").value, "de")
    'nein'
    """
    local = datatype.rpartition("#")[2]
    # A day in the words of a source has no datatype; “2024-05” and “spring 2024” stay.
    if local in ("date", "dateTime") or _DAY.fullmatch(text):
        return day_text(text, language)
    if local == "gYearMonth":
        year, _, month = text[:7].partition("-")
        return f"{_MONTHS[language].split()[int(month) - 1]} {year}"
    if local == "boolean":
        yes = text in ("true", "1")
        return (Text(de="ja", en="yes") if yes else Text(de="nein", en="no")).in_(language)
    return number_text(text, language) if datatype in _NUMBERS else text


def day_text(text: str, language: Language) -> str:
    """A day in ISO 8601 as people write it; anything else as it is.

    >>> day_text("2026-11-05", "de"), day_text("2026-11-05T10:00:00Z", "en"), day_text("2026", "de")
    ('05.11.2026', '5 November 2026', '2026')
    """
    found = _DAY.match(text)
    if not found:
        return text
    day = date(*map(int, found.groups()))
    if language == "de":
        return f"{day:%d.%m.%Y}"
    return f"{day.day} {_MONTHS['en'].split()[day.month - 1]} {day.year}"


def number_text(text: str, language: Language) -> str:
    """A number as people write it: grouped from five digits on, decimal comma in German.

    >>> number_text("2024", "de"), number_text("1234567.5", "de"), number_text("0.30", "en")
    ('2024', '1.234.567,5', '0.3')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    plain = f"{number:,f}" if abs(number) >= _GROUPED_FROM else f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.translate(str.maketrans(",.", ".,")) if language == "de" else plain


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read better on a colour (WCAG 2.2, contrast ratio).

    >>> ink_on("#19486A"), ink_on("#FCC30B")
    ('#fff', '#000')
    """
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#fff" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "#000"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def short_address(iri: str) -> str:
    """An address as people recognise it: without scheme, the middle left out where it is long.

    >>> short_address("https://www.example.org/a/")
    'example.org/a'
    """
    text = iri.partition("://")[2].removeprefix("www.").rstrip("/") or iri
    return text if len(text) <= _SHORT_ADDRESS else f"{text[:38]}…{text[-20:]}"
