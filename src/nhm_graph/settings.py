"""Every limit and option of the program: default, unit, what it is for, environment name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, TypeAlias

from nhm_graph.errors import BadParameter
from nhm_graph.language import LANGUAGES, Language, Text

Value: TypeAlias = Path | str | int | bool | None

_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_TRUE = ("true", "1", "yes", "on", "ja")
_FALSE = ("false", "0", "no", "off", "nein")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about one setting, for the documentation and `--help`.

    >>> next(each.environment for each in Settings.describe() if each.name == "port")
    'NHM_PORT'
    """

    name: str
    default: Value
    unit: Text | None
    help: Text
    environment: str
    allowed: Text


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a setting is read from text and which values it may have."""

    kind: str
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()

    def allowed(self) -> Text:
        if self.kind == "number":
            low, high = self.minimum, self.maximum
            return Text(
                de=f"eine ganze Zahl von {low} bis {high}",
                en=f"a whole number from {low} to {high}",
            )
        if self.kind == "switch":
            return Text(de="ja oder nein (true, false)", en="yes or no (true, false)")
        if self.kind == "choice":
            return Text(de=" oder ".join(self.choices), en=" or ".join(self.choices))
        if self.kind == "folder":
            return Text(de="der Pfad eines Ordners", en="the path of a folder")
        if self.kind == "address":
            return Text(
                de="eine Adresse mit https:// oder http://, ohne Name und Passwort darin",
                en="an address with https:// or http://, without name and password in it",
            )
        return Text(de="ein Text, der nicht leer ist", en="a text that is not empty")

    def read(self, text: str) -> Value:
        """The value that a text stands for; ValueError where it stands for none."""
        if self.kind == "number" and _WHOLE_NUMBER.fullmatch(text):
            return int(text)
        if self.kind == "switch" and text.lower() in _TRUE + _FALSE:
            return text.lower() in _TRUE
        if self.kind == "folder":
            return Path(text).expanduser()
        if self.kind in ("choice", "text", "address", "secret"):
            return text
        raise ValueError(text)

    def shown(self, value: object) -> str:
        """A value as a message may repeat it: an address or secret could hold a password."""
        return "…" if self.kind in ("address", "secret") else str(value)

    def admits(self, value: Value) -> bool:
        """Whether a value of the right type lies within what is allowed."""
        if self.kind == "number":
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return is_number and self.minimum <= int(str(value)) <= self.maximum
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "choice":
            return value in self.choices
        if self.kind == "folder":
            return value is None or isinstance(value, Path)
        if self.kind == "address" and isinstance(value, str):
            # Not more than this: the store says what else is wrong with an address.
            return value.startswith(("https://", "http://")) and "@" not in value
        if self.kind in ("address", "secret") and value is None:
            return True
        return isinstance(value, str) and bool(value.strip())


def _about(
    kind: _Kind, environment: str, help: Text, unit: Text | None = None
) -> dict[str, object]:
    return {"kind": kind, "environment": environment, "help": help, "unit": unit}


def _number(minimum: int, maximum: int) -> _Kind:
    return _Kind("number", minimum, maximum)


_FOLDER = _Kind("folder")
_SECRET = _Kind("secret")
_BYTES = Text(de="Byte", en="bytes")
_SECONDS = Text(de="Sekunden", en="seconds")


@dataclass(frozen=True)
class Settings:
    """The settings of one run. A value outside what is allowed raises BadParameter.

    >>> Settings.from_environment({"NHM_PORT": "8080"}).port
    8080
    """

    store_dir: Path | None = field(
        default=None,
        metadata=_about(
            _FOLDER,
            "NHM_STORE_DIR",
            Text(
                de="Ordner des Datenbestands; ohne Angabe wird er nur im Arbeitsspeicher gehalten",
                en="folder of the store; kept in memory only if not given",
            ),
        ),
    )
    data_dir: Path | None = field(
        default=None,
        metadata=_about(
            _FOLDER,
            "NHM_DATA_DIR",
            Text(
                de="Ordner, in dem ontology/, shapes/, queries/ und examples/ liegen; "
                "ohne Angabe die mitgelieferten",
                en="folder that holds ontology/, shapes/, queries/ and examples/; "
                "those delivered if not given",
            ),
        ),
    )
    examples: bool = field(
        default=True,
        metadata=_about(
            _Kind("switch"),
            "NHM_EXAMPLES",
            Text(
                de="ob die Beispielstädte in einen leeren Datenbestand geladen werden",
                en="whether the example cities are loaded into an empty store",
            ),
        ),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_about(
            _Kind("text"),
            "NHM_HOST",
            Text(
                de="Adresse, unter der der Dienst erreichbar ist; 0.0.0.0: auch für andere Rechner",
                en="address the service listens on; 0.0.0.0 means other machines, too",
            ),
        ),
    )
    port: int = field(
        default=8000,
        metadata=_about(
            _number(0, 65_535),
            "NHM_PORT",
            Text(
                de="Port, unter dem der Dienst erreichbar ist; 0 wählt einen freien",
                en="port the service listens on; 0 chooses a free one",
            ),
        ),
    )
    language: Language = field(
        default="de",
        metadata=_about(
            _Kind("choice", choices=LANGUAGES),
            "NHM_LANG",
            Text(
                de="Sprache für alle, die keine der angebotenen wünschen",
                en="language for readers who ask for none of those offered",
            ),
        ),
    )
    max_query_bytes: int = field(
        default=100_000,
        metadata=_about(
            _number(1, 100_000_000),
            "NHM_MAX_QUERY_BYTES",
            Text(de="größte Länge einer SPARQL-Abfrage", en="greatest length of a SPARQL query"),
            _BYTES,
        ),
    )
    max_query_depth: int = field(
        default=200,
        metadata=_about(
            _number(1, 2_000),
            "NHM_MAX_QUERY_DEPTH",
            Text(
                de="wie tief Klammern in einer SPARQL-Abfrage geschachtelt sein dürfen",
                en="how deep brackets may be nested in a SPARQL query",
            ),
            Text(de="Ebenen", en="levels"),
        ),
    )
    max_upload_bytes: int = field(
        default=20_000_000,
        metadata=_about(
            _number(1, 10_000_000_000),
            "NHM_MAX_UPLOAD_BYTES",
            Text(
                de="größte Datei, die gelesen oder hochgeladen werden darf",
                en="largest file that may be read or uploaded",
            ),
            _BYTES,
        ),
    )
    max_validation_bytes: int = field(
        default=2_000_000,
        metadata=_about(
            _number(1, 10_000_000_000),
            "NHM_MAX_VALIDATION_BYTES",
            Text(
                de="größte Datei, die über das Netz zur Prüfung angenommen wird",
                en="largest file taken for validation over the network",
            ),
            _BYTES,
        ),
    )
    city_views: int = field(
        default=64,
        metadata=_about(
            _number(1, 100_000),
            "NHM_CITY_VIEWS",
            Text(
                de="wie viele Kommunen für Fragen im Arbeitsspeicher bereitgehalten werden, "
                "je 4 MB",
                en="how many municipalities are kept ready in memory for questions, 4 MB each",
            ),
            Text(de="Kommunen", en="municipalities"),
        ),
    )
    readers: int = field(
        default=2,
        metadata=_about(
            _number(1, 64),
            "NHM_READERS",
            Text(
                de="wie viele Prozesse fremde SPARQL-Abfragen auswerten, am besten einer je Kern",
                en="how many processes evaluate foreign SPARQL queries, best one per core",
            ),
            Text(de="Prozesse", en="processes"),
        ),
    )
    readers_waiting: int = field(
        default=32,
        metadata=_about(
            _number(0, 10_000),
            "NHM_READERS_WAITING",
            Text(
                de="wie viele fremde Abfragen warten dürfen, bis ein Prozess frei ist",
                en="how many foreign queries may wait for a process to be free",
            ),
            Text(de="Abfragen", en="queries"),
        ),
    )
    query_seconds: int = field(
        default=30,
        metadata=_about(
            _number(1, 86_400),
            "NHM_QUERY_SECONDS",
            Text(
                de="Frist für die Auswertung einer fremden Abfrage und für ihr Warten",
                en="deadline for the evaluation of a foreign query, and for its wait",
            ),
            Text(de="Sekunden", en="seconds"),
        ),
    )
    delivery_seconds: int = field(
        default=120,
        metadata=_about(
            _number(1, 86_400),
            "NHM_DELIVERY_SECONDS",
            Text(
                de="Frist, in der die Antwort darauf ganz abgeholt sein muss",
                en="deadline by which its answer must have been fetched to the end",
            ),
            Text(de="Sekunden", en="seconds"),
        ),
    )
    reader_memory_mib: int = field(
        default=1024,
        metadata=_about(
            _number(512, 1_000_000),
            "NHM_READER_MEMORY_MIB",
            Text(
                de="Arbeitsspeicher, den die Auswertung einer fremden Abfrage belegen darf",
                en="memory that the evaluation of a foreign query may take",
            ),
            Text(de="MiB", en="MiB"),
        ),
    )
    max_rows: int = field(
        default=0,
        metadata=_about(
            _number(0, 1_000_000_000),
            "NHM_MAX_ROWS",
            Text(
                de="größte Zahl von Zeilen oder Tripeln einer fremden Abfrage; 0: beliebig viele",
                en="most rows or triples of the answer to a foreign query; 0: any number",
            ),
            Text(de="Zeilen", en="rows"),
        ),
    )
    store: str | None = field(
        default=None,
        metadata=_about(
            _Kind("address"),
            "NHM_STORE",
            Text(
                de="Adresse einer SPARQL-Datenbank für Abfragen, aus der nur gelesen wird; "
                "ohne Angabe der eigene Datenbestand",
                en="address for queries of a SPARQL engine, for reading only; "
                "the store of this program if not given",
            ),
        ),
    )
    store_user: str | None = field(
        default=None,
        repr=False,
        metadata=_about(
            _SECRET,
            "NHM_STORE_USER",
            Text(
                de="Name, mit dem man sich an der SPARQL-Datenbank anmeldet",
                en="name to sign in with at the SPARQL engine",
            ),
        ),
    )
    store_password: str | None = field(
        default=None,
        repr=False,
        metadata=_about(
            _SECRET,
            "NHM_STORE_PASSWORD",
            Text(
                de="Passwort dazu; geht nur über https oder an diesen Rechner",
                en="its password; sent over https or to this machine only",
            ),
        ),
    )
    remote_seconds: int = field(
        default=30,
        metadata=_about(
            _number(1, 3_600),
            "NHM_REMOTE_SECONDS",
            Text(
                de="wie lange eine Abfrage an die SPARQL-Datenbank im Ganzen dauern darf",
                en="how long a query to the SPARQL engine may take in all",
            ),
            _SECONDS,
        ),
    )
    remote_refresh_seconds: int = field(
        default=60,
        metadata=_about(
            _number(1, 86_400),
            "NHM_REMOTE_REFRESH_SECONDS",
            Text(
                de="wie lange eine Änderung in der SPARQL-Datenbank unbemerkt bleiben darf",
                en="how long a change in the SPARQL engine may stay unnoticed",
            ),
            _SECONDS,
        ),
    )
    max_answer_bytes: int = field(
        default=50_000_000,
        metadata=_about(
            _number(1, 10_000_000_000),
            "NHM_MAX_ANSWER_BYTES",
            Text(
                de="größte Antwort, die von der SPARQL-Datenbank angenommen wird",
                en="largest answer taken from the SPARQL engine",
            ),
            _BYTES,
        ),
    )

    admin_token: str | None = field(
        default=None,
        repr=False,
        metadata=_about(
            _SECRET,
            "NHM_ADMIN_TOKEN",
            Text(
                de="Schlüssel, mit dem über das Netz geschrieben werden darf; ohne Angabe darf es "
                "niemand",
                en="token with which one may write over the network; nobody may if not given",
            ),
        ),
    )
    max_update_bytes: int = field(
        default=1_000_000,
        metadata=_about(
            _number(1, 1_000_000_000),
            "NHM_MAX_UPDATE_BYTES",
            Text(de="größte Länge einer SPARQL-Änderung", en="greatest length of a SPARQL update"),
            _BYTES,
        ),
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            kind: _Kind = each.metadata["kind"]
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

        >>> [each.default for each in Settings.describe() if each.unit == Text("Byte", "bytes")]
        [100000, 20000000, 2000000, 50000000, 1000000]
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


def _read(variable: str, text: str, kind: _Kind) -> Value:
    try:
        value = kind.read(text)
    except (ValueError, RuntimeError):  # RuntimeError: `~name` of nobody known here
        value = None
    if value is None or not kind.admits(value):
        raise BadParameter.value(variable, kind.shown(text), kind.allowed())
    return value
