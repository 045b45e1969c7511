"""How much foreign queries may take."""

from dataclasses import dataclass
from typing import Self

from nhm_graph.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of foreign queries; times in seconds, memory in MiB, `rows` 0: any number.

    >>> Limits.of(Settings()).readers
    2
    """

    readers: int = 2
    waiting: int = 32
    seconds: float = 30
    delivery_seconds: float = 120
    memory_mib: int = 1024
    rows: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The limits that the settings name."""
        return cls(
            readers=settings.readers,
            waiting=settings.readers_waiting,
            seconds=settings.query_seconds,
            delivery_seconds=settings.delivery_seconds,
            memory_mib=settings.reader_memory_mib,
            rows=settings.max_rows,
        )
