"""Credible customers for data that names none: the same number, the same customer."""

from dataclasses import dataclass

FIRST = (
    "Alice Benjamin Clara Daniel Emma Felix Grace Henry Ines James Karin Lucas Maria "
    "Nora Oscar Paula Quentin Rosa Samuel Tessa Ulrich Vera Walter Yvonne"
).split()
LAST = (
    "Andersen Baker Carter Dubois Evans Fischer Garcia Hughes Ivanova Jansen Keller "
    "Lambert Meyer Novak Olsen Parker Quinn Rossi Schmidt Turner Urban Vogel Walker "
    "Young Zimmermann Bennett Cooper Delgado Eriksson"
).split()
STEMS = (
    "Alder Beacon Cedar Delta Ember Falcon Granite Harbor Iris Juniper Kestrel Lark "
    "Maple Northgate Orchard Pioneer Quarry Riverside Summit Thistle Union Vista "
    "Willow Yarrow Zenith Bridgewater Clearview Dockside Elmwood"
).split()
TRADES = (
    "Audio Books Broadcasting Cafés Events Galleries Hotels Libraries Media Music "
    "Records Retail Schools Studios Supplies Theatres Trading"
).split()
REGIONS = ("", "North", "South", "East", "West", "Central", "Coastal")
INITIALS = ("", "A.", "B.", "C.", "D.", "E.", "F.")
CHINESE_STEMS = (
    "蓝海 星光 和声 金桥 东方 明珠 华音 天籁 远航 新月 百川 云帆 朝阳 雅韵 鼎盛 "
    "中恒 瑞丰 同心 博雅 弘文 嘉禾 德馨 锦程 联创 凯旋 万里 宏图 清泉 长青"
).split()
CHINESE_TRADES = "音像 文化 传媒 贸易 商贸 图书 演艺 教育 酒店 科技 零售".split()
CHINESE_FAMILY = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马".split()
CHINESE_GIVEN = (
    "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英"
).split()


@dataclass(frozen=True)
class Place:
    country: str
    legal_form: str
    cities: tuple[str, ...]


PLACES = (
    Place("US", "Inc.", ("Boston", "Chicago", "Denver", "Portland", "Austin")),
    Place("GB", "Ltd", ("Leeds", "Bristol", "Glasgow", "Norwich")),
    Place("DE", "GmbH", ("Hamburg", "Leipzig", "Köln", "München")),
    Place("CN", "有限公司", ("上海", "北京", "广州", "深圳", "杭州", "成都")),
    Place("US", "LLC", ("Seattle", "Atlanta", "Madison", "Tucson")),
    Place("FR", "SARL", ("Lyon", "Nantes", "Lille", "Toulouse")),
    Place("NL", "B.V.", ("Utrecht", "Rotterdam", "Groningen")),
    Place("CA", "Ltd.", ("Toronto", "Calgary", "Halifax")),
    Place("SE", "AB", ("Uppsala", "Malmö", "Göteborg")),
)
COMPANIES_OF_FIVE = 3


@dataclass(frozen=True)
class Identity:
    """What a customer is called and where it is."""

    name: str
    is_company: bool
    country: str
    city: str
    email: str


def pair(first, second, number):
    """A pair of words for a number: first * second numbers without a repetition.

    The lengths must be such that len(first) + 1 and len(second) have no common divisor.

    >>> [pair("ab", "xyz"[:2], number) for number in range(2)]
    [('a', 'x', 0), ('b', 'y', 0)]
    """
    turn = number // len(first)
    again = number // (len(first) * len(second))
    return first[number % len(first)], second[(turn + number) % len(second)], again


def identity(number):
    """The customer of this number, counted from 0; no two have the same name.

    >>> identity(0).name, identity(0).country
    ('Alder Audio Inc.', 'US')
    """
    position, turn = number % len(PLACES), number // len(PLACES)
    place = PLACES[position]
    is_company = (turn + position) % 5 < COMPANIES_OF_FIVE
    if place.country == "CN":
        name = _chinese_name(place, turn, is_company)
    else:
        name = _name(place, number, is_company)
    return Identity(
        name=name,
        is_company=is_company,
        country=place.country,
        city=place.cities[turn % len(place.cities)],
        email=f"customer{number + 1}@example.com",
    )


def _name(place, number, is_company):
    if is_company:
        stem, trade, again = pair(STEMS, TRADES, number)
        words = (stem, REGIONS[again % len(REGIONS)], trade, place.legal_form)
    else:
        first, last, again = pair(FIRST, LAST, number)
        words = (first, INITIALS[again % len(INITIALS)], last)
    return " ".join(word for word in words if word)


def _chinese_name(place, turn, is_company):
    if is_company:
        stem, trade, again = pair(CHINESE_STEMS, CHINESE_TRADES, turn)
        city = place.cities[(turn + again) % len(place.cities)]
        return f"{city}{stem}{trade}{place.legal_form}"
    family, given, _again = pair(CHINESE_FAMILY, CHINESE_GIVEN, turn)
    return f"{family}{given}"
