"""Who may find which words: the expectations of the walk, to be read as a table.

A piece of content is named as in world.py and rows.py; `content.field` says of one field what differs from the rest of
it. What nobody is named for, nobody may find. A token finds what its owner finds. test_leaks.py holds the rows that
are changes and pages against kmwiki.permissions.
"""

from collections.abc import Mapping

_DESK = "moderator moderator2 admin"

MAY_FIND: Mapping[str, str] = {
    # ---- changes
    "draft": "contributor coauthor invited holder",
    "sent": f"contributor coauthor invited asked {_DESK}",
    "edit": f"contributor {_DESK}",
    "kept": "contributor",
    "returned": f"contributor {_DESK}",
    "rejected": f"contributor {_DESK}",
    "discarded": "contributor",
    "aside": "contributor coauthor",  # put aside in the draft: who writes it
    "typed": "contributor",  # and never saved
    "upload": "contributor",  # half arrived
    # ---- pages
    "binned": _DESK,
    "binneddraft": "",  # in the bin with its page
    "staged": "",
    "purged": "",
    "hidden": "",
    # ---- what people say to each other
    "opinion": f"contributor coauthor asked {_DESK}",  # it stands beside the change for those who write and decide
    "enquiry.words": f"contributor holder {_DESK}",  # the people behind the page, and who has its link
    "enquiry.mail": "",  # neither side sees an address
    "held.words": _DESK,
    "held.mail": "",
    "report": f"reader {_DESK}",
    "told": "",  # keys of notifications
    # ---- accounts
    "*.mail": f"{_DESK} the owner",
    "factor": "",
    "invitation": _DESK,
    "token": "contributor",
    "session": "",  # a device is shown in words of the site's own
    "watch": "contributor",
    # ---- the site
    "topic": f"contributor {_DESK}",
    "job": "admin",
    "webhook": "admin",
    "audit": "admin",
    "settings": "",  # passwords in the addresses of mail server and database, the key that signs cookies
}
#: The people whose mail address is `zqx<name>mail`; digits are not part of a word.
_PEOPLE = {"contributortwo": "contributor2", "moderatortwo": "moderator2"}


def may_find(asker: str, content: str, field: str) -> bool:
    """Whether this asker (a name, or "name's token") may find the word of this field of this content."""
    name = asker.partition("'")[0]
    rule = MAY_FIND.get(f"{content}.{field}", MAY_FIND.get(content))
    if rule is None:
        is_own = _PEOPLE.get(content, content) == name
        return is_own or name in MAY_FIND[f"*.{field}"].split()
    return name in rule.split()
