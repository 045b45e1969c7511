"""The socket that the service listens on."""

import socket

from nhm_graph.errors import BadParameter
from nhm_graph.language import Text
from nhm_graph.settings import Settings

_BACKLOG = 2048


def listen(settings: Settings) -> socket.socket:
    """A socket on the address of the settings. Raises BadParameter where it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # At once: whoever reads that the service runs may come before its loop does.
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        raise BadParameter(
            Text(
                de=f"Unter {where} lässt sich kein Dienst öffnen: {error.strerror}.",
                en=f"No service can be opened on {where}: {error.strerror}.",
            ),
            mend=Text(
                de="Einen anderen Port wählen, zum Beispiel --port 8123 (make run PORT=8123).",
                en="Choose another port, for instance --port 8123 (make run PORT=8123).",
            ),
        ) from error
    return listening
