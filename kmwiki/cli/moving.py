"""export and import: pages in and out."""

from pathlib import Path

import click

from kmwiki.cli.opening import installed_site, step
from kmwiki.services.bundles import exports, imports

_FORMATS = ("bag",)


@click.command("export")
@click.option("--format", "format_name", type=click.Choice(_FORMATS), default="bag", show_default=True)
@click.option("--query", metavar="Q", help="Only pages that this search finds.")
@click.option("--type", "type_name", metavar="T", help="Only pages of this type.")
@click.option("--page", "slugs", multiple=True, metavar="SLUG", help="Only this page; may be given several times.")
@click.option("--with-history", is_flag=True, help="With all published versions.")
@click.option("--output", type=click.Path(path_type=Path), required=True)
def export_pages(
    format_name: str, query: str | None, type_name: str | None, slugs: tuple[str, ...], with_history: bool, output: Path
) -> None:
    """Write published pages into a bundle."""
    choice = exports.Choice(query=query, type=type_name, slugs=slugs, with_history=with_history)
    number = exports.export_bag(installed_site(), choice, output)
    step(f"{number} pages in {output}")


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--as", "actor_name", metavar="NAME", help="In whose name; default: the only administrator.")
@click.option("--publish", is_flag=True, help="Publish at once what was published at its origin.")
@click.option("--rename", is_flag=True, help="Give pages another address where theirs is taken.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--type", "type_name", metavar="T", help="Page type of a folder of Markdown files.")
@click.option("--map", "map_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="MAP.yaml")
def import_pages(
    path: Path,
    actor_name: str | None,
    publish: bool,
    rename: bool,
    dry_run: bool,
    type_name: str | None,
    map_path: Path | None,
) -> None:
    """Take in a bundle, or a folder of Markdown files by a map: all of it or nothing."""
    if (type_name is None) != (map_path is None):
        raise click.UsageError("--type and --map go together, for a folder of Markdown files")
    site = installed_site()
    options = imports.Options(as_name=actor_name, publish=publish, rename=rename, dry_run=dry_run)
    if type_name and map_path:
        report = imports.import_folder(site, path, type_name, map_path, options)
    else:
        report = imports.import_bundle(site, path, options)
    for line in report.lines():
        step(line)


COMMANDS = (export_pages, import_pages)
