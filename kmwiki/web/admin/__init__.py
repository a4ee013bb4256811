"""/admin/…: what moderators and administrators look after, one file a subject, each with a blueprint of gate.py.

start.py holds the table of links on /admin; a new subject stands here and there.
"""

from kmwiki.web.admin import (
    audit,
    forms,
    health,
    jobs,
    one_user,
    reasons,
    settings,
    site_pages,
    start,
    topics,
    users,
    webhooks,
)

MODULES = (start, users, one_user, settings, reasons, forms, site_pages, topics, audit, jobs, health, webhooks)
