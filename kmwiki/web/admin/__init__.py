"""/admin/…: what moderators and administrators look after, one file a subject, each with a blueprint of gate.py.

start.py holds the table of links on /admin; a new subject stands here and there.
"""

from kmwiki.web.admin import audit, health, jobs, one_user, settings, start, users, webhooks

MODULES = (start, users, one_user, settings, audit, jobs, health, webhooks)
