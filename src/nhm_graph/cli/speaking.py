"""What all commands share: words in the reader's language, options, progress, exit codes."""

import os
import shutil
import sys
from pathlib import Path

import click

from nhm_graph.errors import StoreProblem
from nhm_graph.language import LANGUAGES, Language, Text, is_language, locale_language
from nhm_graph.store.embedded import is_store
from nhm_graph.store.loading import Progress

VIOLATIONS, REFUSED = 1, 2
_WIDTH = 120


def say(de: str, en: str) -> str:
    """Words in the language of the terminal."""
    return Text(de=de, en=en).in_(language_of())


def language_of(given: str | None = None) -> Language:
    """The language given, else that of the terminal."""
    return given if given and is_language(given) else locale_language(os.environ)


def spoken(given: str | None) -> Language:
    """The language asked for, from now on that of refusals too."""
    language = language_of(given)
    click.get_current_context().find_root().obj = language
    return language


store_option = click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=say("Ordner des Datenbestands", "folder of the store"),
)
target_argument = click.argument("target", type=click.Path(path_type=Path, file_okay=False))
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), help=say("Sprache der Ausgabe", "language of output")
)


def progress() -> Progress:
    """Says on a terminal which file is being loaded; silent elsewhere."""

    def show(name: str, number: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if number == total else ""
            click.echo(f"\r\x1b[K{number}/{total} {name}{end}", err=True, nl=False)

    return show


def refuse_without_store(folder: Path | None) -> None:
    """Raises StoreProblem where there is no store in a folder, so that none is made by mistake."""
    if folder is not None and not is_store(folder):
        raise StoreProblem(
            Text(de=f"In {folder} ist kein Datenbestand.", en=f"There is no store in {folder}."),
            mend=Text(
                de="Den Ordner prüfen, oder mit nhm-graph load oder serve einen anlegen.",
                en="Check the folder, or make one with nhm-graph load or serve.",
            ),
        )


def width() -> int:
    """How many columns the terminal has."""
    return shutil.get_terminal_size((_WIDTH, 24)).columns
