"""The two languages of a reader, and how the choice is read from a request or a terminal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")

# RFC 9110, 12.4.2, and a little more: some clients send `.2` or `0.3333`.
_QUALITY = re.compile(r"(?:[01]\.?[0-9]{0,9}|\.[0-9]{1,9})", re.ASCII)
_RANGE = re.compile(r"\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*", re.ASCII)
# What the environment may say, first word first. POSIX, Base Definitions 8.2; ours goes before.
_LOCALE_VARIABLES = ("NHM_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Text:
    """What is said to a reader, in German and in English.

    >>> Text(de="Ziel", en="Goal").in_("de")
    'Ziel'
    """

    de: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in one language.

        >>> Text(de="Ziel", en="Goal").in_("en")
        'Goal'
        """
        return self.de if language == "de" else self.en

    def format(self, **values: object) -> "Text":
        """Both texts with the values filled in (`str.format`); a value may be a Text itself.

        >>> Text(de="{n} {what}", en="{n} {what}").format(n=2, what=Text(de="Ziele", en="goals"))
        Text(de='2 Ziele', en='2 goals')
        """
        return Text(
            de=self.de.format(**{key: _part(value, "de") for key, value in values.items()}),
            en=self.en.format(**{key: _part(value, "en") for key, value in values.items()}),
        )


def _part(value: object, language: Language) -> object:
    return value.in_(language) if isinstance(value, Text) else value


def is_language(tag: str) -> TypeGuard[Language]:
    """Whether a tag is exactly one of the languages offered.

    >>> is_language("de"), is_language("fr")
    (True, False)
    """
    return tag in LANGUAGES


def quality(text: str) -> float | None:
    """The weight between 0 and 1 that `q=` gives (RFC 9110, 12.4.2), None where it is no weight.

    >>> quality("0.8"), quality("1"), quality("2"), quality("nan")
    (0.8, 1.0, None, None)
    """
    if not _QUALITY.fullmatch(text):
        return None
    value = float(text)
    return value if value <= 1 else None


def preferred_language(accept_language: str | None, default: Language = "de") -> Language:
    """The language that the field Accept-Language asks for (RFC 9110, 12.5.4; RFC 4647, 3.4).

    `de-AT` counts as `de`. Of two equal weights the one named first wins. A field that names
    neither language, or is malformed, gives the default.

    >>> preferred_language("fr, en-GB;q=0.8, de;q=0.7")
    'en'
    >>> preferred_language("fr", default="en")
    'en'
    """
    weights: dict[str, float] = {}
    for member in (accept_language or "").lower().split(","):
        tag, *parameters = (part.strip() for part in member.split(";"))
        if not _RANGE.fullmatch(tag):
            continue
        weight = _weight(parameters)
        if weight is not None:
            primary = tag.partition("-")[0]
            weights[primary] = max(weight, weights.get(primary, 0.0))
    rest = weights.pop("*", 0.0)
    named = {language: weights[language] for language in weights if is_language(language)}
    candidates = {**named, **{each: rest for each in (default, *LANGUAGES) if each not in named}}
    best = max(candidates.values())
    return next(each for each in candidates if candidates[each] == best) if best > 0 else default


def _weight(parameters: list[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return quality(value.strip())
    return 1.0


def locale_language(environ: Mapping[str, str]) -> Language:
    """The language of a terminal: NHM_LANG, then LC_ALL, LC_MESSAGES, LANG; the first that is set.

    English where nothing is said, where it says `C` or `POSIX`, and for any other language.

    >>> locale_language({"LANG": "de_AT.UTF-8"})
    'de'
    >>> locale_language({"LC_ALL": "C", "LANG": "de_DE.UTF-8"})
    'en'
    """
    for variable in _LOCALE_VARIABLES:
        value = environ.get(variable, "").strip()
        if value:
            primary = re.split(r"[-_.@]", value.lower(), maxsplit=1)[0]
            return primary if is_language(primary) else "en"
    return "en"
