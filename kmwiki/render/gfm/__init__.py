"""GitHub Flavored Markdown for Python-Markdown: one construct of the language in one file.

`extension.py` hangs them into Python-Markdown: its block stage becomes `block_parser.py`, its
inline stage `inline.py`, its serialiser ElementTree's; everything else stays as it is.
Here belongs what turns Markdown into a tree. What may be shown is decided in `sanitise.py`,
where a link leads in `resolve.py`; nothing here knows of pages, files or Flask.
Source of the rules: GitHub Flavored Markdown Spec 0.29, https://github.github.com/gfm/
"""
