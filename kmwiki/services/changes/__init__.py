"""Writing: a change from its first word until it is sent, and what several people do with it."""
