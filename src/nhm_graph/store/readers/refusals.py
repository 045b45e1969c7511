"""Why a foreign query has no answer, said so that its author can mend it."""

import json

from nhm_graph.errors import (
    BadParameter,
    Busy,
    NotAcceptable,
    OutOfMemory,
    Overrun,
    ReaderLost,
    Refusal,
    StoreProblem,
    shortened,
)
from nhm_graph.language import Text
from nhm_graph.store.embedded import _bad_query
from nhm_graph.store.readers.evaluation import OFFERED

_SMALLER = Text(
    de="Die Abfrage eingrenzen: auf eine Stadt oder einen Graphen, mit LIMIT, ohne Muster, die "
    "keine Variable gemeinsam haben.",
    en="Narrow the query: to one city or graph, with LIMIT, without patterns that share no "
    "variable.",
)
_AGAIN = Text(de="In Kürze erneut versuchen.", en="Try again shortly.")


def overrun(seconds: float) -> Overrun:
    """The query was not evaluated within its deadline, in seconds.

    >>> print(overrun(30).detail.en)
    The query was not answered within 30 seconds.
    """
    return Overrun(
        Text(
            de=f"Die Abfrage war nach {seconds:g} Sekunden nicht beantwortet.",
            en=f"The query was not answered within {seconds:g} seconds.",
        ),
        mend=_SMALLER,
        extra={"limit": seconds, "unit": "second"},
    )


def delivery_overrun(seconds: float) -> Overrun:
    """The answer was not fetched to its end in time, in seconds.

    >>> delivery_overrun(120).extra["limit"]
    120
    """
    return Overrun(
        Text(
            de=f"Die Antwort war nach {seconds:g} Sekunden nicht vollständig abgeholt.",
            en=f"The answer was not fetched to its end within {seconds:g} seconds.",
        ),
        mend=Text(
            de="Die Antwort schneller oder in Teilen abholen (LIMIT und OFFSET).",
            en="Fetch the answer faster, or in parts (LIMIT and OFFSET).",
        ),
        extra={"limit": seconds, "unit": "second"},
    )


def out_of_memory(memory_mib: int) -> OutOfMemory:
    """The query needed more memory than a reader may have, in MiB.

    >>> out_of_memory(1024).extra["unit"]
    'mebibyte'
    """
    return OutOfMemory(
        Text(
            de=f"Die Abfrage braucht mehr als {memory_mib} MiB Arbeitsspeicher.",
            en=f"The query needs more than {memory_mib} MiB of memory.",
        ),
        mend=_SMALLER,
        extra={"limit": memory_mib, "unit": "mebibyte"},
    )


def reader_lost() -> ReaderLost:
    """The process that evaluated the query ended, and nobody here ended it.

    >>> reader_lost().kind
    'reader-lost'
    """
    return ReaderLost(
        Text(
            de="Der Prozess, der die Abfrage ausgewertet hat, ist abgebrochen.",
            en="The process that evaluated the query has ended unexpectedly.",
        ),
        mend=Text(
            de="Erneut versuchen; tritt es wieder auf, die Abfrage vereinfachen.",
            en="Try again; if it happens again, simplify the query.",
        ),
    )


def queue_full(waiting: int) -> Busy:
    """More foreign queries wait than may.

    >>> queue_full(32).extra["waiting"]
    32
    """
    return Busy(
        Text(
            de=f"Es warten schon {waiting} Abfragen.",
            en=f"{waiting} queries are waiting already.",
        ),
        mend=_AGAIN,
        extra={"waiting": waiting},
    )


def waited_too_long(seconds: float) -> Busy:
    """No reader became free in time, in seconds.

    >>> waited_too_long(30).kind
    'busy'
    """
    return Busy(
        Text(
            de=f"Nach {seconds:g} Sekunden war noch keine Auswertung frei.",
            en=f"After {seconds:g} seconds no reader was free.",
        ),
        mend=_AGAIN,
    )


def stopping() -> Busy:
    """The service is being stopped.

    >>> stopping().kind
    'busy'
    """
    return Busy(
        Text(de="Der Dienst wird gerade beendet.", en="The service is being stopped."), mend=_AGAIN
    )


def said_by_reader(failure: bytes, memory_mib: int) -> Refusal:
    """What a reader says in its FAILURE frame.

    >>> print(said_by_reader(b'{"problem": "format", "said": "truth"}', 1024))
    The answer exists in none of the formats asked for. There is: application/sparql-results+json...
    """
    known = json.loads(failure)
    problem, said = known["problem"], known["said"]
    if problem == "query":
        return _bad_query(SyntaxError(said))
    if problem == "format":
        return _not_acceptable(OFFERED[said])
    if problem == "graph":
        return BadParameter.value("graph", said, Text(de="eine absolute IRI", en="an absolute IRI"))
    if problem == "memory":
        return out_of_memory(memory_mib)
    return StoreProblem(
        Text(
            de=f"Die Abfrage ließ sich nicht auswerten: {shortened(said)}",
            en=f"The query could not be evaluated: {shortened(said)}",
        )
    )


def _not_acceptable(offered: tuple[str, ...]) -> NotAcceptable:
    listed = ", ".join(offered)
    return NotAcceptable(
        Text(
            de="Die Antwort gibt es in keinem der gewünschten Formate.",
            en="The answer exists in none of the formats asked for.",
        ),
        mend=Text(de=f"Es gibt: {listed}.", en=f"There is: {listed}."),
        extra={"offered": list(offered)},
    )
