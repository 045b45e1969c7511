"""Days, months and spans of time as people write them."""

import re

from nhm_graph.language import Language, Text
from nhm_graph.publish.description_words import day_text, literal_text
from nhm_graph.rdf.terms import XSD

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_FROM = Text(de="ab {}", en="from {}")
_UNTIL = Text(de="bis {}", en="until {}")
_QUARTERS = Text(de="{1}. Quartal {0}", en="Q{1} {0}")
_OPEN = ("", "..")


def time_text(text: str | None, language: Language) -> str:
    """A day or span of time, written after EDTF (ISO 8601-2), as people write it.

    What is none stays as the source has it.

    >>> time_text("2026-09-01/2026-11-15", "de"), time_text("2026-09/..", "en")
    ('01.09.2026 – 15.11.2026', 'from September 2026')
    >>> time_text("2023-03/2023-05", "de"), time_text("2023-03-01/2023-05-31", "en")
    ('März – Mai 2023', '1 March – 31 May 2023')
    >>> time_text("2018-Q4", "de"), time_text("bis 2038", "de"), time_text(None, "de")
    ('4. Quartal 2018', 'bis 2038', '')
    """
    start, slash, end = (text or "").partition("/")
    if not slash:
        return _one(start, language)
    if end in _OPEN:
        return _FROM.in_(language).format(_one(start, language))
    if start in _OPEN:
        return _UNTIL.in_(language).format(_one(end, language))
    first, last = _one(start, language), _one(end, language)
    year = f" {start[:4]}"
    if first.endswith(year) and last.endswith(year):
        first = first.removesuffix(year)
    return f"{first} – {last}"


def _one(text: str, language: Language) -> str:
    if _MONTH.fullmatch(text):
        return literal_text(text, XSD("gYearMonth").value, language)
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        return _QUARTERS.in_(language).format(*quarter.groups())
    return day_text(text, language)
