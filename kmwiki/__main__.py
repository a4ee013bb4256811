"""`python -m kmwiki` is the kmwiki command."""

from kmwiki.cli import main

main()
