"""One request to another SPARQL engine, and an answer that is whole or refused.

The engine may be slow, broken or hostile: no redirect is followed, because it would carry the
credentials elsewhere; no proxy is taken from the environment; certificates are checked; time and
size are limited; and a body counts only once its end was seen.
"""

import http.client
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import NoReturn

from nhm_graph.errors import BadQuery, Busy, Overrun, Refusal, StoreProblem, TooLarge, shortened
from nhm_graph.language import Text

_CHUNK = 65_536
# Enough for the message of an engine; some append the whole query.
_ERROR_BYTES = 4_000
_OVERRUN = (408, 504)
_FULL = (429, 503)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take: `seconds` from the first byte sent to the last one read,
    `bytes` of the answer's body.

    >>> Limits(seconds=30, bytes=1_000_000).seconds
    30
    """

    seconds: float
    bytes: int


def certificates(address: str) -> ssl.SSLContext | None:
    """What checks the certificates of an address with https, made once because that takes 40 ms.

    The authorities are those of the machine; SSL_CERT_FILE names others.

    >>> certificates("http://example.org/") is None
    True
    """
    return ssl.create_default_context() if address.lower().startswith("https:") else None


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer of which the end was seen, and how that was known.

    >>> Reply(b"", framed=True).framed
    True
    """

    body: bytes
    framed: bool


def exchange(
    request: urllib.request.Request,
    limits: Limits,
    media_type: str,
    checked_by: ssl.SSLContext | None = None,
) -> Reply:
    """Sends a request and returns the whole answer, which has to be of this media type.

    It runs in a thread of its own, so that the deadline holds whatever the engine does: looking up
    its name, a handshake or single bytes now and then cannot prolong it. A query that overruns is
    not stopped in the engine; it needs a deadline of its own for that.

    Raises BadQuery where the engine answers 400, Busy for 429 and 503, Overrun, TooLarge, and
    StoreProblem for everything else that is not a whole answer of that type.

    >>> nobody = urllib.request.Request("http://127.0.0.1:9/sparql", data=b"query=ASK+{}")
    >>> exchange(nobody, Limits(5, 1000), "application/sparql-results+json")
    Traceback (most recent call last):
    ...
    nhm_graph.errors.StoreProblem: The SPARQL engine cannot be reached: ...
    """
    call = _Call(request, limits, media_type, _opener(checked_by))
    thread = threading.Thread(target=call.run, name="remote-store", daemon=True)
    thread.start()
    thread.join(limits.seconds)
    if thread.is_alive():
        call.abandon()
        raise overrun(limits.seconds)
    if call.error is not None:
        raise call.error
    assert call.reply is not None
    return call.reply


class _Call:
    """One exchange while it runs; `reply` or `error` is set when it ends."""

    def __init__(
        self,
        request: urllib.request.Request,
        limits: Limits,
        media_type: str,
        opener: urllib.request.OpenerDirector,
    ) -> None:
        self.reply: Reply | None = None
        self.error: BaseException | None = None
        self._request = request
        self._limits = limits
        self._media_type = media_type
        self._opener = opener
        self._abandoned = False

    def run(self) -> None:
        """Carries the exchange out and never raises: nobody would see it in this thread."""
        try:
            self.reply = self._exchanged()
        except Refusal as refusal:
            self.error = refusal
        except TimeoutError:
            self.error = overrun(self._limits.seconds)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = _unreachable(error)
        except BaseException as error:
            self.error = error

    def abandon(self) -> None:
        """Nobody waits any longer: reading stops at the next bytes or at the socket's timeout."""
        self._abandoned = True

    def _exchanged(self) -> Reply:
        try:
            opened = self._opener.open(self._request, timeout=self._limits.seconds)
        except urllib.error.HTTPError as error:
            with error:
                _refuse_status(error.code, _said(error), self._limits.seconds)
        except urllib.error.URLError as error:
            raise error.reason if isinstance(error.reason, OSError) else error from error
        with opened as response:
            _check_head(response, self._media_type, self._limits.seconds)
            framed = response.chunked or response.length is not None
            return Reply(self._body(response), bool(framed))

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self._limits.bytes:
                raise too_large(self._limits.bytes)
            if self._abandoned:
                raise TimeoutError
        # read1 takes an early end of a body with a stated length for its end.
        if response.length:
            raise http.client.IncompleteRead(bytes(body[:0]), response.length)
        return bytes(body)


def _opener(checked_by: ssl.SSLContext | None) -> urllib.request.OpenerDirector:
    """An opener of its own for each call: nothing else in the process can add handlers to it.

    build_opener would add those for redirects, proxies, files and FTP.
    """
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.HTTPHandler())
    if checked_by is not None:
        opener.add_handler(urllib.request.HTTPSHandler(context=checked_by))
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    return opener


def _said(error: urllib.error.HTTPError) -> str:
    """What the engine says about its refusal, as far as it is readable text."""
    if "html" in error.headers.get("Content-Type", ""):
        return ""
    try:
        said = (error.read(_ERROR_BYTES) or b"").decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""
    # Virtuoso repeats the query after its message.
    return shortened(said.partition("\n\nSPARQL query:")[0], 200)


def _refuse_status(status: int, said: str, seconds: float) -> NoReturn:
    if status == 400:
        raise BadQuery(
            Text(
                de=f"Die SPARQL-Datenbank lehnt die Abfrage ab: {said or status}",
                en=f"The SPARQL engine refuses the query: {said or status}",
            ),
            mend=Text(
                de="Die genannte Stelle berichtigen; oft fehlt ein PREFIX oder eine Klammer.",
                en="Correct the place named; often a PREFIX or a bracket is missing.",
            ),
        )
    if status in _OVERRUN:
        raise overrun(seconds)
    if status in _FULL:
        raise Busy(
            Text(
                de="Die SPARQL-Datenbank ist ausgelastet.",
                en="The SPARQL engine is busy.",
            ),
            mend=Text(de="Gleich noch einmal versuchen.", en="Try again in a moment."),
        )
    raise StoreProblem(
        Text(
            de=f"Die SPARQL-Datenbank antwortet mit HTTP {status}{': ' if said else '.'}{said}",
            en=f"The SPARQL engine answers with HTTP {status}{': ' if said else '.'}{said}",
        ),
        mend=_mend_status(status),
        extra={"status": status},
    )


def _mend_status(status: int) -> Text:
    if status in (401, 403, 407):
        return Text(
            de="NHM_STORE_USER und NHM_STORE_PASSWORD setzen, oder dort das Lesen freigeben.",
            en="Set NHM_STORE_USER and NHM_STORE_PASSWORD, or allow reading there.",
        )
    if status in (404, 405, 410):
        return Text(
            de="In NHM_STORE die Adresse für SPARQL-Abfragen angeben.",
            en="Give the address for SPARQL queries in NHM_STORE.",
        )
    if 300 <= status < 400:
        return Text(
            de="Weiterleitungen werden nicht befolgt: in NHM_STORE die endgültige Adresse angeben.",
            en="Redirects are not followed: give the final address in NHM_STORE.",
        )
    if status == 413:
        return Text(de="Die Abfrage kürzen.", en="Shorten the query.")
    return Text(
        de="Im Protokoll der SPARQL-Datenbank nachsehen.", en="See the log of the SPARQL engine."
    )


def _check_head(response: http.client.HTTPResponse, media_type: str, seconds: float) -> None:
    # Virtuoso answers 200 or 206 with a part of the rows and says so in its own headers only.
    if response.headers.get("X-SQL-State"):
        raise overrun(seconds)
    if response.headers.get("X-SPARQL-MaxRows"):
        raise _cut(response.headers["X-SPARQL-MaxRows"])
    if response.status != 200:
        _refuse_status(response.status, "", seconds)
    got = response.headers.get_content_type()
    if "Content-Type" not in response.headers or got != media_type:
        shown = shortened(response.headers.get("Content-Type", "?"))
        raise StoreProblem(
            Text(
                de=f"Erwartet wurde {media_type}, die Antwort ist {shown}.",
                en=f"{media_type} was expected, the answer is {shown}.",
            ),
            mend=_mend_status(404),
        )
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise incomplete(f"Content-Encoding: {shortened(encoding)}")


def incomplete(why: str) -> StoreProblem:
    """The refusal of an answer that is cut off or damaged.

    >>> print(incomplete("early end").detail.en)
    The answer of the SPARQL engine is cut off or damaged: early end.
    """
    return StoreProblem(
        Text(
            de=f"Die Antwort der SPARQL-Datenbank ist abgebrochen oder beschädigt: {why}.",
            en=f"The answer of the SPARQL engine is cut off or damaged: {why}.",
        ),
        mend=Text(
            de="Noch einmal versuchen; sonst im Protokoll der SPARQL-Datenbank nachsehen.",
            en="Try again; otherwise see the log of the SPARQL engine.",
        ),
    )


def _cut(rows: str) -> StoreProblem:
    return StoreProblem(
        Text(
            de=f"Die SPARQL-Datenbank gibt höchstens {shortened(rows)} Zeilen heraus.",
            en=f"The SPARQL engine gives {shortened(rows)} rows at most.",
        ),
        mend=Text(
            de="Mit LIMIT weniger abfragen, oder dort die Grenze anheben (ResultSetMaxRows).",
            en="Ask for less with LIMIT, or raise the limit there (ResultSetMaxRows).",
        ),
    )


def overrun(seconds: float) -> Overrun:
    """The refusal where the time for an answer is over.

    >>> print(overrun(30).detail.en)
    The SPARQL engine did not answer completely within 30 seconds.
    """
    return Overrun(
        Text(
            de=f"Die SPARQL-Datenbank hat in {seconds:g} Sekunden nicht ganz geantwortet.",
            en=f"The SPARQL engine did not answer completely within {seconds:g} seconds.",
        ),
        mend=Text(
            de="Weniger abfragen oder NHM_REMOTE_SECONDS anheben.",
            en="Ask for less, or raise NHM_REMOTE_SECONDS.",
        ),
        extra={"limit": seconds, "unit": "second"},
    )


def too_large(limit: int) -> TooLarge:
    """The refusal of an answer of more bytes than that.

    >>> print(too_large(1000).detail.en)
    The answer of the SPARQL engine is larger than 1000 bytes.
    """
    return TooLarge(
        Text(
            de=f"Die Antwort der SPARQL-Datenbank ist größer als {limit} Byte.",
            en=f"The answer of the SPARQL engine is larger than {limit} bytes.",
        ),
        mend=Text(
            de="Mit LIMIT weniger abfragen oder NHM_MAX_ANSWER_BYTES anheben.",
            en="Ask for less with LIMIT, or raise NHM_MAX_ANSWER_BYTES.",
        ),
        extra={"name": "SPARQL", "limit": limit, "unit": "byte"},
    )


def _unreachable(error: Exception) -> StoreProblem:
    if isinstance(error, http.client.HTTPException):
        return incomplete(type(error).__name__)
    return StoreProblem(
        Text(
            de=f"Die SPARQL-Datenbank ist nicht erreichbar: {shortened(str(error))}.",
            en=f"The SPARQL engine cannot be reached: {shortened(str(error))}.",
        ),
        mend=Text(
            de="Prüfen, ob sie läuft und ob NHM_STORE stimmt.",
            en="Check that it runs and that NHM_STORE is right.",
        ),
    )
