"""The command `nhm-graph`."""

import sys
from typing import Any

import click

from nhm_graph import __version__
from nhm_graph.cli.asking import ask
from nhm_graph.cli.checking import reason, validate
from nhm_graph.cli.exporting import export
from nhm_graph.cli.keeping import load
from nhm_graph.cli.publishing import kit, reference
from nhm_graph.cli.serving import serve
from nhm_graph.cli.speaking import REFUSED, language_of, say
from nhm_graph.errors import Refusal


class _Commands(click.Group):
    """The commands; a refusal is said in one sentence and ends with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"nhm-graph: {refusal.message(ctx.obj or language_of())}", err=True)
            sys.exit(REFUSED)


@click.group(
    cls=_Commands,
    help=say(
        "Welche Nachhaltigkeitsziele einer Stadt abgedeckt sind, und wer zuständig ist.",
        "Which sustainability goals of a city are covered, and who is responsible.",
    ),
)
@click.version_option(__version__, prog_name="nhm-graph")
def main() -> None:
    """Entry point of the command line."""


for command in (ask, validate, reason, load, export, reference, kit, serve):
    main.add_command(command)
