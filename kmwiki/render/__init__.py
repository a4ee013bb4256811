"""From what people wrote to what is shown: Markdown, sanitised HTML, and links resolved for the reader.

Here belongs whatever turns text into HTML without Flask and without the database. `markdown.py` makes
HTML that is stored, `resolve.py` finishes it for one reader, `sanitise.py` is the only gate for HTML
that comes from people. Rights, queries and templates do not belong here.
"""
