"""Refusals as problem details (RFC 9457), in the reader's language."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from nhm_graph import errors
from nhm_graph.language import Language, Text
from nhm_graph.web.authorization import CHALLENGE
from nhm_graph.web.reader import language_of

MEDIA_TYPE = "application/problem+json"
_TYPE = "https://w3id.org/nhm/problem/"
_STATUS: Mapping[type[errors.Refusal], int] = {
    errors.UnknownName: 404,
    errors.Gone: 410,
    errors.BadParameter: 400,
    errors.BadQuery: 400,
    errors.RefusedQuery: 400,
    errors.UnreadableData: 400,
    errors.Unauthorized: 401,
    errors.ReadOnly: 403,
    errors.ConditionFailed: 412,
    errors.TooLarge: 413,
    errors.NotAcceptable: 406,
    errors.UnsupportedFormat: 415,
    errors.Busy: 503,
    errors.JavaMissing: 503,
    errors.Stopped: 503,
    errors.StoreLocked: 503,
    errors.Overrun: 503,
    errors.OutOfMemory: 503,
    errors.ReaderLost: 503,
    errors.StoreProblem: 500,
}
_MORE: Mapping[int, Mapping[str, str]] = {401: CHALLENGE, 503: {"Retry-After": "5"}}
_PLAIN: Mapping[int, Text] = {
    404: Text(de="Diese Adresse gibt es hier nicht.", en="There is no such address here."),
    405: Text(
        de="Diese Methode gibt es an der Adresse nicht.", en="The address has no such method."
    ),
}
_OTHER = Text(de="Die Anfrage ist fehlgeschlagen.", en="The request failed.")


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    language: Language,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem details answer.

    >>> problem(404, "unknown-name", "Unknown", "No such city.", language="en").status_code
    404
    """
    body = {"type": _TYPE + kind, "title": title, "status": status, "detail": detail}
    return JSONResponse(
        body | {key: value for key, value in (extra or {}).items() if key not in body},
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={
            "Content-Language": language,
            "Vary": "Accept, Accept-Language",
            **(headers or {}),
        },
    )


def install(app: FastAPI) -> None:
    """Makes the app answer every error with problem details."""
    app.add_exception_handler(errors.Refusal, _refusal)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def status_of(refusal: errors.Refusal) -> int:
    """The HTTP status of a refusal.

    >>> status_of(errors.UnknownName(Text("?", "?")))
    404
    """
    return _STATUS.get(type(refusal), 500)


def answer_to(request: Request, error: Exception) -> Response:
    """The problem details for a refusal or an error of the framework.

    >>> str(title_of(404).en)
    'There is no such address here.'
    """
    return (_refusal if isinstance(error, errors.Refusal) else _http)(request, error)


def title_of(status: int) -> Text:
    """What a status means that no refusal stands behind.

    >>> title_of(418).en
    'The request failed.'
    """
    return _PLAIN.get(status, _OTHER)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.Refusal)
    language = language_of(request)
    status = status_of(error)
    return problem(
        status,
        error.kind,
        error.title.in_(language),
        error.message(language),
        language=language,
        extra=error.extra,
        headers=_MORE.get(status),
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    language = language_of(request)
    said = title_of(error.status_code).in_(language)
    return problem(error.status_code, "http", said, said, language=language, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = language_of(request)
    wrong = sorted({".".join(str(part) for part in each["loc"][1:]) for each in error.errors()})
    detail = Text(
        de=f"Fehlende oder unpassende Angaben: {', '.join(wrong)}.",
        en=f"Missing or unfitting: {', '.join(wrong)}.",
    )
    title = errors.BadParameter.title.in_(language)
    return problem(400, errors.BadParameter.kind, title, detail.in_(language), language=language)


def _unexpected(request: Request, _error: Exception) -> Response:
    """A fault of the service: said without what it was, which stands in the log."""
    language = language_of(request)
    said = _OTHER.in_(language)
    return problem(500, "internal", said, said, language=language)
