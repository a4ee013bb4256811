"""kmwiki: a wiki in which development organisations learn together."""

__version__ = "0.1.0"
