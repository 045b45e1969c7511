"""The knowledge graph of municipal sustainability goals, measures and SDG targets."""

__version__ = "0.2.0"
