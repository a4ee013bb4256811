"""Write kmwiki/vocabularies/currencies.yaml: CLDR's currencies without those that nobody pays with today.

    .venv/bin/python tools/make_currencies.py

CLDR also names currencies of the past, metals and units of account; what no territory uses on DATE is left
out.
"""

from datetime import date
from pathlib import Path

from babel import Locale
from babel.core import get_global

DATE = date(2026, 11, 22)
TARGET = Path(__file__).parent.parent / "kmwiki" / "vocabularies" / "currencies.yaml"
#: Active in ISO 4217 without being what a country pays with: old contracts and projects are written in them.
ALSO_USED = {"CLF", "SVC", "UYI", "UYW", "XDR"}


def main() -> None:
    left_out = sorted(set(Locale("en").currencies) - currencies_in_use() - ALSO_USED)
    TARGET.write_text("\n".join([*head(), "leave_out:", *wrapped(left_out), *other()]) + "\n")
    print(f"{TARGET.name}: {len(left_out)} currencies left out")


def currencies_in_use() -> set[str]:
    return {
        code
        for uses in get_global("territory_currencies").values()
        for code, start, end, is_tender in uses
        if is_tender and (end is None or date(*end) >= DATE)
    }


def head() -> list[str]:
    return [
        "# Made by tools/make_currencies.py",
        "vocabulary: currencies",
        "label: {en: Currency, fr: Monnaie}",
        'source: "ISO 4217, names from CLDR"',
        f'date: "{DATE}"',
        "entries_from: currencies",
    ]


def wrapped(codes: list[str], per_line: int = 16) -> list[str]:
    lines = [", ".join(codes[start : start + per_line]) for start in range(0, len(codes), per_line)]
    return ["  [" + lines[0] + ",", *(f"   {line}," for line in lines[1:-1]), f"   {lines[-1]}]"]


def other() -> list[str]:
    return [
        "add:",
        "  - code: other",
        "    label: {en: Another currency, fr: Une autre monnaie}",
        "    meaning:",
        "      en: Write its name beside the amount.",
        "      fr: Écrivez son nom à côté du montant.",
    ]


if __name__ == "__main__":
    main()
