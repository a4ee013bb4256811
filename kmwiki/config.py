"""Every setting of a site: its environment variable, default, unit and meaning.

The table SETTINGS below is the one place; docs/operating.md is checked against it. Must not know Flask.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from kmwiki.errors import ConfigError

#: Names that only the test run uses; known, so that they are no error, and ignored.
TEST_RUN_NAMES = frozenset({"KMWIKI_REQUIRE_BROWSER", "KMWIKI_REQUIRE_POSTGRESQL"})


@dataclass(frozen=True)
class Config:
    """The settings of one site, read once at start."""

    data: Path
    database_url: str
    search: str
    files: str
    secret_key: str
    base_url: str
    site_name: str
    mail_url: str
    four_eyes: bool
    registration: str
    page_types: Path | None
    licence: str
    timezone: ZoneInfo
    backup_folder: Path
    backup_hour: int
    proxies: int
    reading: str
    second_factor: str
    reminder_days: tuple[int, ...]
    mail_from: str
    webhook_networks: tuple[IPv4Network | IPv6Network, ...]
    #: The settings that the environment gives: those win over what an administrator chose in the browser.
    given: frozenset[str] = frozenset()

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def index_folder(self) -> Path:
        return self.data / "index"

    @property
    def files_folder(self) -> Path:
        return Path(self.files) if self.files else self.data / "files"


@dataclass(frozen=True)
class Setting:
    """One environment variable: the attribute it fills, its default as text, and what it means."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], object] = str
    is_secret: bool = False


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _switch(text: str) -> bool:
    if text.strip().lower() in {"1", "true", "yes", "on"}:
        return True
    if text.strip().lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("write 1 or 0")


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError("write one of: " + ", ".join(allowed))
        return text

    return read


def _whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not smallest <= number <= largest:
            raise ValueError(f"write a whole number from {smallest} to {largest}")
        return number

    return read


def _days(text: str) -> tuple[int, ...]:
    days = tuple(int(word) for word in text.split())
    if len(days) > 5 or any(not 1 <= day <= 365 for day in days) or list(days) != sorted(set(days)):
        raise ValueError("write days in rising order, as in: 7 14")
    return days


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word) for word in text.split())


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("write a zone such as Africa/Lusaka") from error


def _base_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("write an address such as https://wiki.example.org")
    return text.rstrip("/")


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in; `is_tls` from the first byte, `starts_tls` by STARTTLS."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    starts_tls: bool = False


def mail_server(url: str) -> MailServer:
    """What KMWIKI_MAIL_URL says. Raises ValueError, which never repeats it: it holds a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("write an address such as smtp://user:password@mail.example.org:587?starttls=1")
    wishes = dict(parse_qsl(parts.query))
    if set(wishes) - {"starttls"}:
        raise ValueError("after ? only starttls=1 is known")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("its port is no number from 1 to 65535") from error
    return MailServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        starts_tls=_switch(wishes.get("starttls", "0")),
    )


def _mail_url(text: str) -> str:
    if text:
        mail_server(text)
    return text


def _mail_from(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}", text):
        raise ValueError("write a mail address such as wiki@example.org")
    return text


SETTINGS = (
    Setting("KMWIKI_DATA", "instance", "Folder for everything that the site keeps", _path),
    Setting("KMWIKI_DATABASE_URL", "", "Database; default: SQLite in the data folder"),
    Setting("KMWIKI_SEARCH", "whoosh", "Search engine", _one_of("whoosh")),
    Setting("KMWIKI_FILES", "", "Folder for attachments; default: files/ in the data folder"),
    Setting("KMWIKI_SECRET_KEY", "", "Signs cookies; default: made at first start, kept in the data folder"),
    Setting("KMWIKI_BASE_URL", "", "Public address, for links in feeds, mails and previews", _base_url),
    Setting("KMWIKI_SITE_NAME", "kmwiki", "Name of the site as people see it"),
    Setting("KMWIKI_MAIL_URL", "", "Mail server; default: none, everything works without mail", _mail_url, True),
    Setting("KMWIKI_FOUR_EYES", "1", "Nobody publishes what they wrote (1) or may (0)", _switch),
    Setting(
        "KMWIKI_REGISTRATION", "approval", "Who may register", _one_of("approval", "open", "closed")
    ),
    Setting("KMWIKI_PAGE_TYPES", "", "Folder of further page types", lambda text: _path(text) if text else None),
    Setting("KMWIKI_LICENCE", "CC-BY-4.0", "Licence that new pages begin with"),
    Setting("KMWIKI_TIMEZONE", "UTC", "Time zone that dates are shown in", _timezone),
    Setting("KMWIKI_BACKUP_FOLDER", "", "Folder of the nightly backups; default: backups/ in the data folder"),
    Setting("KMWIKI_BACKUP_HOUR", "2", "Hour of the nightly backup, 0 to 23, -1: none", _whole_number(-1, 23)),
    Setting("KMWIKI_READING", "public", "Who reads the site", _one_of("public", "members")),
    Setting(
        "KMWIKI_SECOND_FACTOR", "optional", "Who needs a second factor to sign in", _one_of("optional", "moderators")
    ),
    Setting("KMWIKI_REMINDER_DAYS", "7 14", "Days after which moderators are reminded of what waits", _days),
    Setting(
        "KMWIKI_MAIL_FROM", "", "Address that mails come from; default: kmwiki at the host of the base address",
        _mail_from,
    ),
    Setting(
        "KMWIKI_WEBHOOK_NETWORKS", "", "Networks of one's own that webhooks may lead into, as in 10.1.0.0/16", _networks
    ),
    Setting("KMWIKI_PROXIES", "0", "Number of trusted proxies in front of the site", _whole_number(0, 5)),
)


def load_config(environment: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Config:
    """The settings of the environment, those of a .env file behind them, defaults last.

    Raises ConfigError naming the variable for an unknown name or a value that cannot be read.
    """
    given = {**_dotenv_settings(dotenv), **(os.environ if environment is None else environment)}
    values = {name: text for name, text in given.items() if name.startswith("KMWIKI_")}
    _refuse_unknown(values)
    read: dict[str, object] = {attribute(setting): _read(setting, values) for setting in SETTINGS}
    if read["mail_url"] and not read["base_url"]:
        raise ConfigError("KMWIKI_MAIL_URL is set and KMWIKI_BASE_URL is not: mails need the public address for links")
    given = frozenset(attribute(setting) for setting in SETTINGS if values.get(setting.name))
    return Config(**_filled(read), given=given)  # type: ignore[arg-type]


def attribute(setting: Setting) -> str:
    """The attribute of Config that a setting fills."""
    return setting.name.removeprefix("KMWIKI_").lower()


#: Settings that an administrator can choose in the browser; the rest is the machine's business.
CHOSEN_IN_BROWSER = ("site_name", "licence", "registration", "four_eyes", "reading", "second_factor", "reminder_days")


def with_choices(config: Config, choices: Mapping[str, str]) -> Config:
    """The settings with those that were chosen in the browser, as text; what the environment gives stays."""
    by_name = {attribute(setting): setting for setting in SETTINGS}
    chosen = {name: text for name, text in choices.items() if name in CHOSEN_IN_BROWSER and name not in config.given}
    return with_settings(config, **{name: by_name[name].read(text) for name, text in chosen.items()})


def with_settings(config: Config, **changes: object) -> Config:
    """The same settings with some changed, for commands and tests."""
    values = {each.name: getattr(config, each.name) for each in fields(config)}
    return Config(**{**values, **changes})


def _dotenv_settings(dotenv: Path | None) -> dict[str, str]:
    path = dotenv or Path(".env")
    return {name: text or "" for name, text in dotenv_values(path).items()} if path.is_file() else {}


def _refuse_unknown(values: Mapping[str, str]) -> None:
    unknown = sorted(set(values) - {setting.name for setting in SETTINGS} - TEST_RUN_NAMES)
    if unknown:
        raise ConfigError(f"unknown setting {', '.join(unknown)}; docs/operating.md lists all that exist")


def _read(setting: Setting, values: Mapping[str, str]) -> object:
    text = values.get(setting.name, "") or setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        given = "" if setting.is_secret else f"={text!r}"
        raise ConfigError(f"{setting.name}{given} cannot be read: {error}") from error


def _filled(read: dict[str, object]) -> dict[str, object]:
    """Defaults that depend on the data folder. The secret key is filled by the site's data folder."""
    data = read["data"]
    assert isinstance(data, Path)
    read["database_url"] = read["database_url"] or f"sqlite:///{data / 'kmwiki.db'}"
    folder = read["backup_folder"]
    read["backup_folder"] = _path(str(folder)) if folder else data / "backups"
    return read
