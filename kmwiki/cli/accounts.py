"""Accounts, one-time links and tokens from the command line: for whoever owns the machine."""

import secrets
import sys

import click

from kmwiki.cli.opening import installed_site
from kmwiki.models import Role, UserState
from kmwiki.permissions import SYSTEM
from kmwiki.services.accounts import accounts, api_tokens, handed_links, second_factor
from kmwiki.services.accounts.passwords import hash_password, refuse_weak
from kmwiki.site import Site

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=_ROLES, required=True)
@click.option("--email", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(name: str, role: str, email: str, password_stdin: bool) -> None:
    """Add an account; without a password it signs in by `kmwiki user link`."""
    site = installed_site()
    password = _password_from_input(name) if password_stdin else None
    with site.work(SYSTEM) as uow:
        added = accounts.add_user(uow, name, password and hash_password(password), Role(role), email=email)
        uow.audit("user.add", user=added.username, role=role)
    click.echo(f"added {added.username} ({role})")


def _password_from_input(name: str) -> str:
    password = sys.stdin.readline().rstrip("\n")
    refuse_weak(password, name)
    return password


@user.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
def set_role(name: str, role: str) -> None:
    """Give somebody a role; their sessions end."""
    with installed_site().work(SYSTEM) as uow:
        accounts.set_role(uow, name, Role(role))
    click.echo(f"{name} is {role}")


@user.command("list")
def list_users() -> None:
    """All accounts: name, role, state, full name."""
    with installed_site().work(SYSTEM) as uow:
        for account in accounts.all_users(uow):
            click.echo(f"{account.username}\t{account.role}\t{account.state}\t{account.name}")


@user.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Close an account and sign it out everywhere."""
    with installed_site().work(SYSTEM) as uow:
        accounts.set_state(uow, name, UserState.DISABLED)
    click.echo(f"{name} is closed")


@user.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Open a closed or waiting account."""
    with installed_site().work(SYSTEM) as uow:
        accounts.set_state(uow, name, UserState.ACTIVE)
    click.echo(f"{name} is open")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
def set_password(name: str, password_stdin: bool) -> None:
    """Set a password; without --password-stdin one is made and printed once."""
    site = installed_site()
    password = _password_from_input(name) if password_stdin else secrets.token_urlsafe(12)
    with site.work(SYSTEM) as uow:
        accounts.set_password(uow, accounts.find_user(uow, name), password)
    click.echo(f"password of {name} set" if password_stdin else password)


@user.command("link")
@click.argument("name")
def sign_in_link(name: str) -> None:
    """Print a link by which somebody sets a password and signs in, once, within seven days."""
    site = installed_site()
    with site.work(SYSTEM) as uow:
        token = handed_links.make_sign_in_link(uow, name)
    click.echo(address(site, f"/account/link/{token}"))


@user.command("second-factor-off")
@click.argument("name")
def second_factor_off(name: str) -> None:
    """Take the second factor away of somebody who lost telephone and recovery codes."""
    with installed_site().work(SYSTEM) as uow:
        second_factor.reset(uow, name)
    click.echo(f"{name} signs in with the password alone")


@click.command("setup-link")
def setup_link() -> None:
    """Print a new link for the first administrator; refused once there is one."""
    site = installed_site()
    click.echo(make_setup_link(site))


def make_setup_link(site: Site, port: int = 8000) -> str:
    """The address of a new one-time set-up link."""
    with site.work(SYSTEM) as uow:
        token = handed_links.make_setup_link(uow)
    return address(site, f"/account/setup/{token}", port)


def address(site: Site, path: str, port: int = 8000) -> str:
    """An address of the site: its public one where the settings have it."""
    return (site.config.base_url or f"http://127.0.0.1:{port}") + path


@click.group()
def token() -> None:
    """Tokens of the API."""


@token.command("add")
@click.argument("name")
@click.option("--expires", type=click.IntRange(1, 3650), metavar="DAYS", help="Ends after so many days.")
@click.option("--read-only", is_flag=True, help="May read only.")
def add_token(name: str, expires: int | None, read_only: bool) -> None:
    """Print a new token of the account NAME, once."""
    with installed_site().work(SYSTEM) as uow:
        owner = accounts.find_user(uow, name)
        _row, text = api_tokens.add_token(uow, "command line", days=expires, is_read_only=read_only, owner=owner)
    click.echo(text)


COMMANDS = (user, setup_link, token)
