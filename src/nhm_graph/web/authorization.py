"""Who may write: whoever sends the token of the service (RFC 6750, section 2.1)."""

from hmac import compare_digest

from fastapi import Request

from nhm_graph.errors import ReadOnly, Unauthorized
from nhm_graph.language import Text
from nhm_graph.store.base import WritableStore
from nhm_graph.web.reader import graph_of

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="nhm_graph"'}
_SCHEME = "bearer"


def writable_store(request: Request) -> WritableStore:
    """The store, for a request that may change it.

    Raises ReadOnly where nothing is written at all, Unauthorized without the right token. To be
    called before the body is read.
    """
    graph = graph_of(request)
    token = graph.settings.admin_token
    if token is None:
        raise _switched_off()
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _SCHEME or not compare_digest(sent.strip().encode(), token.encode()):
        raise _no_token()
    if not isinstance(graph.store, WritableStore):
        raise _other_engine()
    return graph.store


def _switched_off() -> ReadOnly:
    return ReadOnly(
        Text(
            de="Über das Netz wird hier nicht geschrieben.",
            en="Nothing is written here over the network.",
        ),
        mend=Text(
            de="Wer den Dienst betreibt, schaltet es mit einem Schlüssel in NHM_ADMIN_TOKEN frei.",
            en="Whoever runs the service switches it on with a token in NHM_ADMIN_TOKEN.",
        ),
        extra={"setting": "NHM_ADMIN_TOKEN"},
    )


def _no_token() -> Unauthorized:
    return Unauthorized(
        Text(
            de="Zum Schreiben ist der Schlüssel des Dienstes nötig; er fehlt oder ist falsch.",
            en="Writing needs the token of the service; it is missing or wrong.",
        ),
        mend=Text(
            de="Als „Authorization: Bearer …“ senden.", en="Send it as “Authorization: Bearer …”."
        ),
    )


def _other_engine() -> ReadOnly:
    return ReadOnly(
        Text(
            de="Der Datenbestand ist eine andere SPARQL-Datenbank, aus der nur gelesen wird.",
            en="The store is another SPARQL engine, which is for reading only.",
        ),
        mend=Text(
            de="Dort schreiben, oder den Dienst ohne NHM_STORE betreiben.",
            en="Write there, or run the service without NHM_STORE.",
        ),
    )
