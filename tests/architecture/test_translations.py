"""Everything a user reads is there in Simplified Chinese."""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("crm_*/__manifest__.py"))
CHINESE = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”]"
# A line break of a view is shown as a blank, which Chinese does not have.
BROKEN = re.compile(f"{CHINESE} *\n +{CHINESE}")
NAMED = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\{.*?\}\}")


def by_name(path):
    return path.name


def catalogue(addon, name):
    path = addon / "i18n" / name
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing"
    return polib.pofile(str(path))


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_chinese_is_complete(addon):
    template = catalogue(addon, f"{addon.name}.pot")
    chinese = {entry.msgid: entry for entry in catalogue(addon, "zh_CN.po")}
    wanted = [entry.msgid for entry in template if not entry.obsolete]
    assert not [text for text in wanted if text not in chinese]
    assert not [text for text in wanted if not chinese[text].translated()]
    assert not [text for text in wanted if chinese[text].fuzzy]


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_chinese_keeps_the_placeholders(addon):
    changed = [
        entry.msgid
        for entry in catalogue(addon, "zh_CN.po")
        if entry.msgstr
        and sorted(NAMED.findall(entry.msgid)) != sorted(NAMED.findall(entry.msgstr))
    ]
    assert not changed


@pytest.mark.parametrize("addon", ADDONS, ids=by_name)
def test_chinese_has_no_blank_within_a_sentence(addon):
    broken = [
        entry.msgid
        for entry in catalogue(addon, "zh_CN.po")
        if BROKEN.search(entry.msgstr)
    ]
    assert not broken
