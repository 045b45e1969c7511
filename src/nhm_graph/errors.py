"""What the program refuses, said so that a reader can mend it.

Every refusal says what is wrong and where (`detail`), how to put it right (`mend`) and carries the
facts for a machine (`extra`). `kind` and `title` become `type` and `title` of RFC 9457.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Self, TypeAlias

from nhm_graph.language import Language, Text

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

_SHOWN = 100


class Refusal(Exception):
    """Something was asked that cannot be done, and the reader can be told why.

    >>> no = Refusal(Text(de="Zeile 3 fehlt.", en="Line 3 is missing."), extra={"line": 3})
    >>> str(no), no.message("de"), no.extra["line"]
    ('Line 3 is missing.', 'Zeile 3 fehlt.', 3)
    """

    kind: ClassVar[str] = "refusal"
    title: ClassVar[Text] = Text(de="Nicht möglich", en="Not possible")

    def __init__(
        self, detail: Text, *, mend: Text | None = None, extra: Mapping[str, Json] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mend = mend
        self.extra: dict[str, Json] = dict(extra or {})

    def message(self, language: Language) -> str:
        """Detail and remedy as one text.

        >>> Refusal(Text("Kein Ziel.", "No goal."), mend=Text("Wählen.", "Choose.")).message("en")
        'No goal. Choose.'
        """
        parts = (self.detail, self.mend)
        return " ".join(part.in_(language) for part in parts if part is not None)

    def __str__(self) -> str:
        return self.message("en")


class UnreadableData(Refusal):
    """Data that cannot be read: no file, not UTF-8, a syntax error, an unsafe construct.

    `extra` has name, and where known line, column and text of the line.

    >>> UnreadableData.kind
    'unreadable-data'
    """

    kind = "unreadable-data"
    title = Text(de="Die Daten sind nicht lesbar", en="The data cannot be read")


class UnknownName(Refusal):
    """A name that stands for nothing here.

    >>> UnknownName.among(Text("die Abfrage", "the query"), "luecke", ["luecken"]).nearest
    ('luecken',)
    """

    kind = "unknown-name"
    title = Text(de="Unbekannter Name", en="Unknown name")

    @classmethod
    def among(cls, what: Text, name: str, known: Iterable[str]) -> Self:
        """The refusal of a name that is not among the known ones, with those most like it.

        >>> print(UnknownName.among(Text("die Stadt", "the city"), "heilbron", ["heilbronn"]))
        Unknown: the city “heilbron”. Meant perhaps: heilbronn.
        """
        known = sorted(set(known))
        nearest = _nearest(name, known)
        if nearest:
            listed = ", ".join(nearest)
            mend = Text(de=f"Gemeint ist vielleicht: {listed}.", en=f"Meant perhaps: {listed}.")
        elif known:
            listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
            mend = Text(de=f"Es gibt: {listed}.", en=f"There is: {listed}.")
        else:
            mend = Text(de="Es gibt noch keine Einträge.", en="There are no entries yet.")
        detail = Text(de="Unbekannt: {what} „{name}“.", en="Unknown: {what} “{name}”.")
        return cls(
            detail.format(what=what, name=shortened(name)),
            mend=mend,
            extra={"name": shortened(name), "nearest": nearest},
        )

    @property
    def nearest(self) -> tuple[str, ...]:
        """The known names most like the unknown one, best first.

        >>> UnknownName(Text("?", "?")).nearest
        ()
        """
        found = self.extra.get("nearest", ())
        return tuple(str(each) for each in found) if isinstance(found, (list, tuple)) else ()


class Gone(Refusal):
    """What was here and is no more; `extra` has replacedBy, None where nothing replaces it.

    >>> Gone.kind
    'gone'
    """

    kind = "gone"
    title = Text(de="Nicht mehr vorhanden", en="No longer here")


class BadParameter(Refusal):
    """A value that does not fit what it is given for.

    >>> BadParameter.value("port", "x", Text("eine Zahl", "a number")).extra["expected"]
    'a number'
    """

    kind = "bad-parameter"
    title = Text(de="Unpassender Wert", en="Value does not fit")

    @classmethod
    def value(cls, name: str | None, given: str, expected: Text) -> Self:
        """The refusal of one value: its name (None: unnamed), what was given, what is expected.

        >>> print(BadParameter.value("port", "x", Text("eine Zahl", "a number")))
        The value “x” for port does not fit. Expected: a number.
        """
        text = shortened(given)
        where = Text(de=f" für {name}", en=f" for {name}") if name else Text(de="", en="")
        detail = Text(
            de="Der Wert „{text}“{where} passt nicht.", en="The value “{text}”{where} does not fit."
        )
        mend = Text(de="Erwartet wird: {expected}.", en="Expected: {expected}.")
        extra: dict[str, Json] = {"value": text, "expected": expected.en}
        return cls(
            detail.format(text=text, where=where),
            mend=mend.format(expected=expected),
            extra={"name": name, **extra} if name else extra,
        )


class BadQuery(Refusal):
    """A query that is not valid SPARQL.

    >>> BadQuery.kind
    'bad-query'
    """

    kind = "bad-query"
    title = Text(de="Die Abfrage ist fehlerhaft", en="The query has an error")


class RefusedQuery(Refusal):
    """A valid query that is not carried out here: it would reach the network or cost too much.

    >>> RefusedQuery.kind
    'refused-query'
    """

    kind = "refused-query"
    title = Text(de="Die Abfrage wird nicht ausgeführt", en="The query is not carried out")


class TooLarge(Refusal):
    """More than the limit allows; `extra` has name, limit and unit.

    >>> print(TooLarge.than("plan.ttl", 1_000))
    plan.ttl is larger than 1,000 bytes. Split the data, or raise the limit in the settings.
    """

    kind = "too-large"
    title = Text(de="Zu groß", en="Too large")

    @classmethod
    def than(cls, name: str, limit: int) -> Self:
        """The refusal of something named that exceeds a limit in bytes.

        >>> TooLarge.than("plan.ttl", 1_000).detail.de
        'plan.ttl ist größer als 1.000 Byte.'
        """
        english = f"{limit:,}"
        german = english.replace(",", ".")
        return cls(
            Text(
                de=f"{name} ist größer als {german} Byte.",
                en=f"{name} is larger than {english} bytes.",
            ),
            mend=Text(
                de="Die Daten aufteilen oder die Grenze in den Einstellungen anheben.",
                en="Split the data, or raise the limit in the settings.",
            ),
            extra={"name": name, "limit": limit, "unit": "byte"},
        )


class StoreLocked(Refusal):
    """The store on disk is open in another process; only one may have it.

    >>> StoreLocked.kind
    'store-locked'
    """

    kind = "store-locked"
    title = Text(de="Der Datenbestand ist schon geöffnet", en="The store is already open")


class NotAcceptable(Refusal):
    """The answer exists in none of the media types that were asked for; `extra` has offered.

    >>> NotAcceptable.kind
    'not-acceptable'
    """

    kind = "not-acceptable"
    title = Text(de="Kein passendes Format", en="No acceptable format")


class UnsupportedFormat(Refusal):
    """A file suffix, format name or media type that is not read here; `extra` has known.

    >>> UnsupportedFormat.kind
    'unsupported-format'
    """

    kind = "unsupported-format"
    title = Text(de="Format nicht unterstützt", en="Format not supported")


class Unauthorized(Refusal):
    """Writing needs the token of the service, and none or another one was sent.

    >>> Unauthorized.kind
    'unauthorized'
    """

    kind = "unauthorized"
    title = Text(de="Nicht berechtigt", en="Not authorized")


class ReadOnly(Refusal):
    """Nothing is written here: writing is off, or the store is for reading only.

    >>> ReadOnly.kind
    'read-only'
    """

    kind = "read-only"
    title = Text(de="Schreiben ist nicht möglich", en="Writing is not possible")


class ConditionFailed(Refusal):
    """What If-Match or If-None-Match demands does not hold; nothing was written.

    >>> ConditionFailed.kind
    'condition-failed'
    """

    kind = "condition-failed"
    title = Text(de="Bedingung nicht erfüllt", en="Condition not met")


class Busy(Refusal):
    """As much is being worked on as the service takes on at a time; try again shortly.

    >>> Busy.kind
    'busy'
    """

    kind = "busy"
    title = Text(de="Gerade ausgelastet", en="Busy at the moment")


class Overrun(Refusal):
    """A query took longer than its deadline; `extra` has limit and unit.

    >>> Overrun.kind
    'overrun'
    """

    kind = "overrun"
    title = Text(de="Die Frist ist abgelaufen", en="The deadline has passed")


class OutOfMemory(Refusal):
    """A query needs more memory than it may have; `extra` has limit and unit.

    >>> OutOfMemory.kind
    'out-of-memory'
    """

    kind = "out-of-memory"
    title = Text(de="Der Arbeitsspeicher reicht nicht", en="Not enough memory")


class ReaderLost(Refusal):
    """The process that evaluated a query ended before it had answered.

    >>> ReaderLost.kind
    'reader-lost'
    """

    kind = "reader-lost"
    title = Text(de="Die Auswertung ist abgebrochen", en="The evaluation broke off")


class Stopped(Refusal):
    """Work that was ended because it took longer than it may, or because its process broke off.

    >>> Stopped.kind
    'stopped'
    """

    kind = "stopped"
    title = Text(de="Abgebrochen", en="Stopped")


class StoreProblem(Refusal):
    """The store cannot do its work: folder missing or not writable, disk full, data damaged.

    >>> StoreProblem.kind
    'store-problem'
    """

    kind = "store-problem"
    title = Text(de="Störung des Datenbestands", en="Problem with the store")


class JavaMissing(Refusal):
    """HermiT runs in Java, and there is none here.

    >>> JavaMissing.kind
    'java-missing'
    """

    kind = "java-missing"
    title = Text(de="Java fehlt", en="Java is missing")


def shortened(text: str, length: int = _SHOWN) -> str:
    """Foreign text fit for a message: one line, printable, at most `length` characters.

    >>> shortened("a\\nb", 10), shortened("abcdef", 4)
    ('a b', 'abc…')
    """
    head = " ".join(text[: 4 * length].split())
    clean = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in head)
    whole = len(clean) <= length and len(text) <= 4 * length
    return clean if whole else clean[: length - 1] + "…"


def _nearest(name: str, known: Sequence[str]) -> tuple[str, ...]:
    folded: dict[str, list[str]] = {}
    for each in known:
        folded.setdefault(each.casefold(), []).append(each)
    close = difflib.get_close_matches(name[:_SHOWN].casefold(), folded, n=3)
    return tuple(each for match in close for each in folded[match])[:3]
