"""The modules of looking after pages, and of asking and reporting, to be registered together."""

from kmwiki.web import ask_people, asking, enquiries, left, merging, overdue, page_actions, reports

MODULES = (page_actions, asking, ask_people, enquiries, reports, overdue, left, merging)
