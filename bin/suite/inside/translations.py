"""Merge each .pot into its zh_CN.po: python -m suite.inside.translations FOLDER…"""

import sys
from pathlib import Path

import polib

LANGUAGE = "zh_CN"


def merge(folder):
    """Bring one addon's translations up to date; return how many are missing."""
    [template] = folder.glob("*.pot")
    texts = polib.pofile(str(template), wrapwidth=78)
    path = folder / f"{LANGUAGE}.po"
    known = polib.pofile(str(path), wrapwidth=78) if path.exists() else polib.POFile()
    known.metadata = {**texts.metadata, "Language": LANGUAGE, "Plural-Forms": ""}
    known.merge(texts)
    for entry in known.obsolete_entries():
        known.remove(entry)
    known.save(str(path))
    return len(known.untranslated_entries()) + len(known.fuzzy_entries())


def main(folders):
    for folder in map(Path, folders):
        print(f"  {folder.parent.name}: {merge(folder)} texts to translate", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
