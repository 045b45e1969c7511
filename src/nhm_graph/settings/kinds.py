"""Kinds of settings: how each is read from text, what it may be, how it is described."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from nhm_graph.language import Text

Value: TypeAlias = Path | str | int | bool | None

BYTES = Text(de="Byte", en="bytes")
SECONDS = Text(de="Sekunden", en="seconds")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_TRUE = ("true", "1", "yes", "on", "ja")
_FALSE = ("false", "0", "no", "off", "nein")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about one setting, for the documentation and `--help`.

    >>> from nhm_graph.settings import Settings
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
class Kind:
    """How a setting is read from text and which values it may have."""

    kind: str
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()

    def allowed(self) -> Text:
        """What a value may be, in words."""
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


def number(
    default: int, environment: str, low: int, high: int, unit: Text | None, *, de: str, en: str
) -> Any:
    """A whole number within bounds."""
    return _field(default, Kind("number", low, high), environment, Text(de=de, en=en), unit)


def switch(default: bool, environment: str, *, de: str, en: str) -> Any:
    """Yes or no."""
    return _field(default, Kind("switch"), environment, Text(de=de, en=en))


def text(default: str, environment: str, *, de: str, en: str) -> Any:
    """A text that is not empty."""
    return _field(default, Kind("text"), environment, Text(de=de, en=en))


def choice(default: str, environment: str, choices: Sequence[str], *, de: str, en: str) -> Any:
    """One of a few words."""
    kind = Kind("choice", choices=tuple(choices))
    return _field(default, kind, environment, Text(de=de, en=en))


def folder(environment: str, *, de: str, en: str) -> Any:
    """A folder, or none."""
    return _field(None, Kind("folder"), environment, Text(de=de, en=en))


def address(default: str | None, environment: str, *, de: str, en: str) -> Any:
    """A web address, or none."""
    return _field(default, Kind("address"), environment, Text(de=de, en=en))


def secret(environment: str, *, de: str, en: str) -> Any:
    """A text that no message repeats, or none."""
    return _field(None, Kind("secret"), environment, Text(de=de, en=en))


def _field(
    default: Value, kind: Kind, environment: str, help: Text, unit: Text | None = None
) -> Any:
    about = {"kind": kind, "environment": environment, "help": help, "unit": unit}
    # A secret is not shown where the settings are.
    return field(default=default, metadata=about, repr=kind.kind != "secret")
