"""nhm-graph serve."""

import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from nhm_graph.cli.speaking import progress, say, store_option
from nhm_graph.graph import open_graph
from nhm_graph.listening import listen
from nhm_graph.settings import Settings

_LAST_SECONDS = 5


@click.command(help=say("Startet den Dienst.", "Starts the service."))
@store_option
@click.option("--host", help=say("Adresse, Vorgabe 127.0.0.1", "address, default 127.0.0.1"))
@click.option("--port", type=int, help=say("Port, Vorgabe 8000", "port, default 8000"))
@click.option(
    "--examples/--no-examples",
    default=None,
    help=say("mit oder ohne Beispielstädte", "with or without the example cities"),
)
def serve(
    store_dir: Path | None, host: str | None, port: int | None, examples: bool | None
) -> None:
    """Starts the service and says what to open."""
    given = {"store_dir": store_dir, "host": host, "port": port, "examples": examples}
    settings = replace(
        Settings.from_environment(os.environ),
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )
    listening = listen(settings)
    # Imported here: the web framework is needed by this command only.
    import uvicorn

    from nhm_graph.web.app import create_app

    if settings.access_log:
        _log_to_standard_error()
    app = create_app(settings, open_graph(settings, progress()))
    shown_host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{shown_host}:{listening.getsockname()[1]}"
    click.echo(
        say(
            f"nhm_graph läuft.\n  Seiten          {address}/\n  Schnittstelle   {address}/docs\n"
            f"  SPARQL          {address}/sparql\nBeenden mit Strg+C.",
            f"nhm_graph is running.\n  Pages       {address}/\n  Interface   {address}/docs\n"
            f"  SPARQL      {address}/sparql\nStop with Ctrl+C.",
        )
    )
    sys.stdout.flush()
    config = uvicorn.Config(
        app,
        log_level="warning",
        # The service writes its own; even when it is silent, uvicorn's costs each request time.
        access_log=False,
        # A client that fetches a long answer slowly does not hold up the end for longer than this.
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])


def _log_to_standard_error() -> None:
    """One line for each request, as it is: the service writes JSON."""
    log = logging.getLogger("nhm_graph.access")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(logging.StreamHandler(sys.stderr))
