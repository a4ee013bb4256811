"""All pages under /account that are somebody's own: one module a subject."""

from kmwiki.web import (
    invitations,
    leaving,
    mail_stop,
    notifications,
    own_data,
    own_security,
    password_links,
    profile,
    registering,
    second_factor,
    signing_in,
    tokens,
    watching,
)

MODULES = (
    signing_in, registering, profile, own_security, second_factor, password_links, tokens, invitations, own_data,
    leaving, notifications, watching, mail_stop,
)  # fmt: skip
