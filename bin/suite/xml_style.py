"""How XML files are laid out: `python -m suite.xml_style FILE…` says what is off."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

INDENT = re.compile(r"^( *)<(?![!?])")
WIDTH = 4


def findings(path):
    """Sentences about one file: not well-formed, tabs, odd indent, trailing blanks."""
    text = path.read_text(encoding="utf-8")
    try:
        ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        return [f"{path}: not well-formed: {error}"]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line:
            found.append(f"{path}:{number}: a tab")
        if line != line.rstrip():
            found.append(f"{path}:{number}: blanks at the end of the line")
        indent = INDENT.match(line)
        if indent and len(indent[1]) % WIDTH:
            found.append(f"{path}:{number}: not indented by a multiple of {WIDTH}")
    if text and not text.endswith("\n"):
        found.append(f"{path}: no newline at the end")
    return found


def main(names):
    found = [sentence for name in names for sentence in findings(Path(name))]
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
