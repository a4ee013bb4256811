"""Use cases: one function each, unit of work first.

What belongs here: asking permissions, reading and writing tables, calling the domain's rules, leaving jobs for the
worker. What must not: Flask, HTML, commits (site.work does that), rules that need no database (domain).
"""
