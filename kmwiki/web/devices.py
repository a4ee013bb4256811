"""What people call a browser and its system, from what the browser says of itself; it is shown to its owner alone."""

from kmwiki.i18n import gettext as _

#: The first that is found counts: most browsers also name those they come from.
_BROWSERS = (
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"), ("YaBrowser/", "Yandex"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("KAIOS", "KaiOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(user_agent: str) -> str:
    """ "Firefox, Android"; whatever is not known is not guessed at."""
    found = [next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or _("A browser that does not say what it is")
