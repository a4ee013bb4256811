"""`app` for any WSGI server, from the settings in the environment.

Refuses a folder without a database (run `kmwiki init` first) and a demo's folder.
"""

from kmwiki.serving import open_app

app = open_app()
