"""Names, places and habits from which the people of the demo are made up."""

from typing import NamedTuple

SURNAMES = tuple(
    pair.split("/")
    for pair in [
        "王/wang",
        "李/li",
        "张/zhang",
        "刘/liu",
        "陈/chen",
        "杨/yang",
        "赵/zhao",
        "黄/huang",
        "周/zhou",
        "吴/wu",
        "徐/xu",
        "孙/sun",
        "胡/hu",
        "朱/zhu",
        "高/gao",
        "林/lin",
        "何/he",
        "郭/guo",
        "马/ma",
        "罗/luo",
        "梁/liang",
        "宋/song",
        "郑/zheng",
        "谢/xie",
    ]
)
GIVEN_NAMES = tuple(
    pair.split("/")
    for pair in [
        "伟/wei",
        "芳/fang",
        "娜/na",
        "敏/min",
        "静/jing",
        "丽/li",
        "强/qiang",
        "磊/lei",
        "洋/yang",
        "勇/yong",
        "艳/yan",
        "杰/jie",
        "娟/juan",
        "涛/tao",
        "明/ming",
        "超/chao",
        "兰/lan",
        "霞/xia",
        "平/ping",
        "桂英/guiying",
        "雨桐/yutong",
        "梓涵/zihan",
        "欣怡/xinyi",
        "浩然/haoran",
        "子轩/zixuan",
        "宇航/yuhang",
        "思远/siyuan",
        "佳琪/jiaqi",
        "晓彤/xiaotong",
        "文博/wenbo",
        "若曦/ruoxi",
        "建国/jianguo",
    ]
)


class City(NamedTuple):
    name: str
    latitude: float
    longitude: float


class Country(NamedTuple):
    """Where somebody comes from. `phone` takes the serial number; none of its `phones` numbers is anybody's."""

    code: str
    given_names: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[City, ...]
    phone: str
    phones: int


CHINA = Country(
    code="CN",
    given_names=(),
    surnames=(),
    streets=("梧桐路", "银杏街", "望湖路", "听雨巷", "海棠路", "明月街", "书院路", "竹林街"),
    cities=(
        City("上海市", 31.23, 121.47),
        City("北京市", 39.90, 116.40),
        City("杭州市", 30.27, 120.15),
        City("成都市", 30.57, 104.07),
        City("广州市", 23.13, 113.26),
        City("西安市", 34.34, 108.94),
        City("厦门市", 24.48, 118.09),
    ),
    # No range is set aside for fiction; but no subscriber's number begins with 12.
    phone="+8612{:09d}",
    phones=1_000_000_000,
)

ELSEWHERE = (
    Country(
        code="GB",
        given_names=("Oliver", "Amelia", "Harry", "Isla", "Priya", "Callum", "Zainab", "Rhys"),
        surnames=("Hughes", "Patel", "Walker", "Okafor", "Bennett", "Fraser", "Khan", "Lowe"),
        streets=("Larch Street", "Mill Lane", "Harbour Road", "Orchard Close"),
        cities=(City("London", 51.51, -0.13), City("Leeds", 53.80, -1.55), City("Cardiff", 51.48, -3.18)),
        phone="+447700900{:03d}",  # Ofcom's numbers for drama
        phones=1_000,
    ),
    Country(
        code="FR",
        given_names=("Camille", "Louis", "Inès", "Hugo", "Manon", "Karim", "Zoé", "Étienne"),
        surnames=("Moreau", "Lefèvre", "Garnier", "Diallo", "Rousseau", "Benali", "Girard", "Nguyen"),
        streets=("rue des Tilleuls", "allée des Pins", "rue du Moulin", "quai Neuf"),
        cities=(City("Paris", 48.86, 2.35), City("Lyon", 45.76, 4.84), City("Nantes", 47.22, -1.55)),
        phone="+3363998{:04d}",  # Arcep's numbers for audiovisual works
        phones=10_000,
    ),
    Country(
        code="US",
        given_names=("Emma", "Noah", "Maria", "Jamal", "Grace", "Diego", "Hannah", "Tyler"),
        surnames=("Johnson", "Martinez", "Cooper", "Washington", "Kim", "Larsen", "Rivera", "Brooks"),
        streets=("Maple Avenue", "Ridge Road", "Second Street", "Lakeview Drive"),
        cities=(City("Portland", 45.52, -122.68), City("Austin", 30.27, -97.74), City("Chicago", 41.88, -87.63)),
        phone="+121255501{:02d}",  # 555-0100 to 555-0199 are fictional in every area
        phones=100,
    ),
)

MAIL_DOMAINS = ("example.com", "example.org", "example.net", "post.example", "mail.example")
DOCUMENTATION_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
BROWSERS = ("Firefox 140", "Chrome 138", "Safari 18", "Edge 138", "WeChat 8")
SYSTEMS = ("Windows 11", "Android 15, 8 cores", "iOS 18", "macOS 15", "HarmonyOS 5")

INTERESTS = {
    "zh-hans": ("茶道", "摄影", "徒步", "烘焙", "书法", "园艺", "电影", "骑行", "陶艺", "旅行"),
    "en": (
        "tea",
        "photography",
        "hiking",
        "baking",
        "calligraphy",
        "gardening",
        "film",
        "cycling",
        "pottery",
        "travel",
    ),
}
ALLERGIES = {
    "zh-hans": ("花生", "青霉素", "花粉", "尘螨", "虾蟹"),
    "en": ("peanuts", "penicillin", "pollen", "dust mites", "shellfish"),
}
GENDERS = {"zh-hans": ("女", "男"), "en": ("female", "male")}
