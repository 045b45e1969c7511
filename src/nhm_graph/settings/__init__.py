"""Every limit and option of the program: default, unit, what it is for, environment name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from nhm_graph.errors import BadParameter
from nhm_graph.language import LANGUAGES, Language, Text
from nhm_graph.settings.kinds import (
    BYTES,
    SECONDS,
    Kind,
    Setting,
    Value,
    address,
    choice,
    folder,
    number,
    secret,
    switch,
    text,
)
from nhm_graph.settings.publishing import PublishingSettings

__all__ = ["Setting", "Settings"]


@dataclass(frozen=True)
class Settings(PublishingSettings):
    """The settings of one run. A value outside what is allowed raises BadParameter.

    >>> Settings.from_environment({"NHM_PORT": "8080"}).port
    8080
    """

    # ----- the service and its data -----

    store_dir: Path | None = folder(
        "NHM_STORE_DIR",
        de="Ordner des Datenbestands; ohne Angabe wird er nur im Arbeitsspeicher gehalten",
        en="folder of the store; kept in memory only if not given",
    )
    data_dir: Path | None = folder(
        "NHM_DATA_DIR",
        de="Ordner, in dem ontology/, shapes/, queries/ und examples/ liegen; "
        "ohne Angabe die mitgelieferten",
        en="folder that holds ontology/, shapes/, queries/ and examples/; "
        "those delivered if not given",
    )
    examples: bool = switch(
        True,
        "NHM_EXAMPLES",
        de="ob die Beispielstädte in einen leeren Datenbestand geladen werden",
        en="whether the example cities are loaded into an empty store",
    )
    host: str = text(
        "127.0.0.1",
        "NHM_HOST",
        de="Adresse, unter der der Dienst erreichbar ist; 0.0.0.0: auch für andere Rechner",
        en="address the service listens on; 0.0.0.0 means other machines, too",
    )
    port: int = number(
        8000,
        "NHM_PORT",
        0,
        65_535,
        None,
        de="Port, unter dem der Dienst erreichbar ist; 0 wählt einen freien",
        en="port the service listens on; 0 chooses a free one",
    )
    language: Language = choice(
        "de",
        "NHM_LANG",
        LANGUAGES,
        de="Sprache für alle, die keine der angebotenen wünschen",
        en="language for readers who ask for none of those offered",
    )
    city_views: int = number(
        64,
        "NHM_CITY_VIEWS",
        1,
        100_000,
        Text(de="Kommunen", en="municipalities"),
        de="wie viele Kommunen für Fragen im Arbeitsspeicher bereitgehalten werden, je 4 MB",
        en="how many municipalities are kept ready in memory for questions, 4 MB each",
    )
    max_upload_bytes: int = number(
        20_000_000,
        "NHM_MAX_UPLOAD_BYTES",
        1,
        10_000_000_000,
        BYTES,
        de="größte Datei, die gelesen oder hochgeladen werden darf",
        en="largest file that may be read or uploaded",
    )

    answer_cache_bytes: int = number(
        64_000_000,
        "NHM_ANSWER_CACHE_BYTES",
        0,
        10_000_000_000,
        BYTES,
        de="Arbeitsspeicher für Antworten, die schon gegeben wurden; 0: keine werden behalten",
        en="memory for answers that were given before; 0: none are kept",
    )
    access_log: bool = switch(
        False,
        "NHM_ACCESS_LOG",
        de="ob jede Anfrage eine Zeile JSON auf die Fehlerausgabe schreibt",
        en="whether each request writes one line of JSON to standard error",
    )

    # ----- writing and checking over the network -----

    admin_token: str | None = secret(
        "NHM_ADMIN_TOKEN",
        de="Schlüssel, mit dem über das Netz geschrieben werden darf; ohne Angabe darf es niemand",
        en="token with which one may write over the network; nobody may if not given",
    )
    max_update_bytes: int = number(
        1_000_000,
        "NHM_MAX_UPDATE_BYTES",
        1,
        1_000_000_000,
        BYTES,
        de="größte Länge einer SPARQL-Änderung",
        en="greatest length of a SPARQL update",
    )
    max_validation_bytes: int = number(
        2_000_000,
        "NHM_MAX_VALIDATION_BYTES",
        1,
        10_000_000_000,
        BYTES,
        de="größte Datei, die über das Netz zur Prüfung angenommen wird",
        en="largest file taken for validation over the network",
    )
    validation_seconds: int = number(
        60,
        "NHM_VALIDATION_SECONDS",
        1,
        3_600,
        SECONDS,
        de="wie lange eine Prüfung über das Netz dauern darf",
        en="how long a validation over the network may take",
    )
    validation_processes: int = number(
        1,
        "NHM_VALIDATION_PROCESSES",
        1,
        64,
        Text(de="Prüfungen", en="validations"),
        de="wie viele Prüfungen über das Netz gleichzeitig laufen",
        en="how many validations over the network run at the same time",
    )

    # ----- foreign queries -----

    max_query_bytes: int = number(
        100_000,
        "NHM_MAX_QUERY_BYTES",
        1,
        100_000_000,
        BYTES,
        de="größte Länge einer SPARQL-Abfrage",
        en="greatest length of a SPARQL query",
    )
    max_query_depth: int = number(
        200,
        "NHM_MAX_QUERY_DEPTH",
        1,
        2_000,
        Text(de="Ebenen", en="levels"),
        de="wie tief Klammern in einer SPARQL-Abfrage geschachtelt sein dürfen",
        en="how deep brackets may be nested in a SPARQL query",
    )
    readers: int = number(
        2,
        "NHM_READERS",
        1,
        64,
        Text(de="Prozesse", en="processes"),
        de="wie viele Prozesse fremde SPARQL-Abfragen auswerten, am besten einer je Kern",
        en="how many processes evaluate foreign SPARQL queries, best one per core",
    )
    readers_waiting: int = number(
        32,
        "NHM_READERS_WAITING",
        0,
        10_000,
        Text(de="Abfragen", en="queries"),
        de="wie viele fremde Abfragen warten dürfen, bis ein Prozess frei ist",
        en="how many foreign queries may wait for a process to be free",
    )
    query_seconds: int = number(
        30,
        "NHM_QUERY_SECONDS",
        1,
        86_400,
        SECONDS,
        de="Frist für die Auswertung einer fremden Abfrage und für ihr Warten",
        en="deadline for the evaluation of a foreign query, and for its wait",
    )
    delivery_seconds: int = number(
        120,
        "NHM_DELIVERY_SECONDS",
        1,
        86_400,
        SECONDS,
        de="Frist, in der die Antwort darauf ganz abgeholt sein muss",
        en="deadline by which its answer must have been fetched to the end",
    )
    reader_memory_mib: int = number(
        1024,
        "NHM_READER_MEMORY_MIB",
        512,
        1_000_000,
        Text(de="MiB", en="MiB"),
        de="Arbeitsspeicher, den die Auswertung einer fremden Abfrage belegen darf",
        en="memory that the evaluation of a foreign query may take",
    )
    max_rows: int = number(
        0,
        "NHM_MAX_ROWS",
        0,
        1_000_000_000,
        Text(de="Zeilen", en="rows"),
        de="größte Zahl von Zeilen oder Tripeln einer fremden Abfrage; 0: beliebig viele",
        en="most rows or triples of the answer to a foreign query; 0: any number",
    )

    # ----- a SPARQL engine in place of the store -----

    store: str | None = address(
        None,
        "NHM_STORE",
        de="Adresse einer SPARQL-Datenbank für Abfragen, aus der nur gelesen wird; "
        "ohne Angabe der eigene Datenbestand",
        en="address for queries of a SPARQL engine, for reading only; "
        "the store of this program if not given",
    )
    store_user: str | None = secret(
        "NHM_STORE_USER",
        de="Name, mit dem man sich an der SPARQL-Datenbank anmeldet",
        en="name to sign in with at the SPARQL engine",
    )
    store_password: str | None = secret(
        "NHM_STORE_PASSWORD",
        de="Passwort dazu; geht nur über https oder an diesen Rechner",
        en="its password; sent over https or to this machine only",
    )
    remote_seconds: int = number(
        30,
        "NHM_REMOTE_SECONDS",
        1,
        3_600,
        SECONDS,
        de="wie lange eine Abfrage an die SPARQL-Datenbank im Ganzen dauern darf",
        en="how long a query to the SPARQL engine may take in all",
    )
    remote_refresh_seconds: int = number(
        60,
        "NHM_REMOTE_REFRESH_SECONDS",
        1,
        86_400,
        SECONDS,
        de="wie lange eine Änderung in der SPARQL-Datenbank unbemerkt bleiben darf",
        en="how long a change in the SPARQL engine may stay unnoticed",
    )
    max_answer_bytes: int = number(
        50_000_000,
        "NHM_MAX_ANSWER_BYTES",
        1,
        10_000_000_000,
        BYTES,
        de="größte Antwort, die von der SPARQL-Datenbank angenommen wird",
        en="largest answer taken from the SPARQL engine",
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            kind: Kind = each.metadata["kind"]
            value = getattr(self, each.name)
            if not kind.admits(value):
                raise BadParameter.value(each.name, kind.shown(value), kind.allowed())

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """The settings as the environment gives them; a blank variable counts as not set.

        Raises BadParameter, which names the variable, its value and what is allowed.

        >>> Settings.from_environment({"NHM_PORT": "http"})
        Traceback (most recent call last):
        ...
        nhm_graph.errors.BadParameter: The value “http” for NHM_PORT does not fit. Expected: ...
        """
        given: dict[str, Any] = {}
        for each in fields(cls):
            variable = each.metadata["environment"]
            text = environ.get(variable, "").strip()
            if text:
                given[each.name] = _read(variable, text, each.metadata["kind"])
        return cls(**given)

    @classmethod
    def describe(cls) -> Iterator[Setting]:
        """All settings in order, for the documentation and `--help`.

        >>> next(Settings.describe()).environment
        'NHM_BASE_IRIS'
        """
        defaults = cls()
        for each in fields(cls):
            known = each.metadata
            yield Setting(
                name=each.name,
                default=getattr(defaults, each.name),
                unit=known["unit"],
                help=known["help"],
                environment=known["environment"],
                allowed=known["kind"].allowed(),
            )


def _read(variable: str, text: str, kind: Kind) -> Value:
    try:
        value = kind.read(text)
    except (ValueError, RuntimeError):  # RuntimeError: `~name` of nobody known here
        value = None
    if value is None or not kind.admits(value):
        raise BadParameter.value(variable, kind.shown(text), kind.allowed())
    return value
