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
        return Text(de="ein Text, der nicht leer ist", en="a text that is not empty")

    def read(self, text: str) -> Value:
        """The value that a text stands for; ValueError where it stands for none."""
        if self.kind == "number" and _WHOLE_NUMBER.fullmatch(text):
            return int(text)
        if self.kind == "switch" and text.lower() in _TRUE + _FALSE:
            return text.lower() in _TRUE
        if self.kind == "folder":
            return Path(text).expanduser()
        if self.kind in ("choice", "text"):
            return text
        raise ValueError(text)

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
        return isinstance(value, str) and bool(value.strip())


def _about(
    kind: _Kind, environment: str, help: Text, unit: Text | None = None
) -> dict[str, object]:
    return {"kind": kind, "environment": environment, "help": help, "unit": unit}


def _number(minimum: int, maximum: int) -> _Kind:
    return _Kind("number", minimum, maximum)


_FOLDER = _Kind("folder")
_BYTES = Text(de="Byte", en="bytes")


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
    query_threads: int = field(
        default=4,
        metadata=_about(
            _number(1, 256),
            "NHM_QUERY_THREADS",
            Text(
                de="wie viele Abfragen gleichzeitig ausgewertet werden",
                en="how many queries are evaluated at the same time",
            ),
            Text(de="Abfragen", en="queries"),
        ),
    )
    validation_seconds: int = field(
        default=60,
        metadata=_about(
            _number(1, 3_600),
            "NHM_VALIDATION_SECONDS",
            Text(
                de="wie lange eine Prüfung über das Netz dauern darf",
                en="how long a validation over the network may take",
            ),
            Text(de="Sekunden", en="seconds"),
        ),
    )
    validation_processes: int = field(
        default=1,
        metadata=_about(
            _number(1, 64),
            "NHM_VALIDATION_PROCESSES",
            Text(
                de="wie viele Prüfungen über das Netz gleichzeitig laufen",
                en="how many validations over the network run at the same time",
            ),
            Text(de="Prüfungen", en="validations"),
        ),
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            kind: _Kind = each.metadata["kind"]
            value = getattr(self, each.name)
            if not kind.admits(value):
                raise BadParameter.value(each.name, str(value), kind.allowed())

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
        [100000, 20000000, 2000000]
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
        raise BadParameter.value(variable, text, kind.allowed())
    return value
