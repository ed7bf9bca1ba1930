"""Made-up people: nobody's name, addresses that lead nowhere, numbers that cannot be anybody's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo import names

_EARLIEST_BIRTH = date(1948, 1, 1)
_DAYS_OF_BIRTH = 365 * 58


@dataclass(frozen=True, slots=True)
class Profile:
    """A made-up person: language, addresses, and values by element, told by themselves or recorded by a machine."""

    locale: str
    email: str
    phone: str | None
    told: dict[str, str]
    recorded: dict[str, str]
    cookie: str


def invent(rng: Random, number: int) -> Profile:
    """The person of this serial number; addresses and telephone numbers differ for each."""
    if rng.random() < 0.68:
        surname, given = rng.choice(names.SURNAMES), rng.choice(names.GIVEN_NAMES)
        name, alias = surname[0] + given[0], f"{given[1]}.{surname[1]}"
        country, locale = names.CHINA, "zh-hans"
    else:
        country, locale = rng.choice(names.ELSEWHERE), "en"
        given_name, surname_ = rng.choice(country.given_names), rng.choice(country.surnames)
        name, alias = f"{given_name} {surname_}", f"{_ascii(given_name)}.{_ascii(surname_)}"
    city = rng.choice(country.cities)
    born = _EARLIEST_BIRTH + timedelta(days=rng.randrange(_DAYS_OF_BIRTH))
    email = f"{alias}{number}@{rng.choice(names.MAIL_DOMAINS)}"
    phone = country.phone.format(number * 7919 % country.phones) if number < country.phones else None
    told = {
        "identity.name": name,
        "identity.birth_date": born.isoformat(),
        "identity.nationality": country.code,
        "contact.address": _address(rng, country, city),
        "preference.language": locale,
        "location.country": country.code,
        "location.city": city.name,
    }
    if phone:
        told["contact.phone"] = phone
    _sometimes(rng, told, 0.5, "identity.gender", lambda: rng.choice(names.GENDERS[locale]))
    _sometimes(rng, told, 0.8, "preference.interests", lambda: _some(rng, names.INTERESTS[locale]))
    _sometimes(rng, told, 0.45, "payment.bank_account", lambda: _bank_account(rng))
    _sometimes(rng, told, 0.25, "health.allergies", lambda: _some(rng, names.ALLERGIES[locale]))
    _sometimes(rng, told, 0.15, "identity.national_id", lambda: _national_id(rng, born))
    _sometimes(rng, told, 0.1, "location.precise", lambda: _near(rng, city))
    recorded = {
        "device.ip_address": f"{rng.choice(names.DOCUMENTATION_NETWORKS)}.{rng.randrange(1, 255)}",
        "device.browser": rng.choice(names.BROWSERS),
        "device.system": rng.choice(names.SYSTEMS),
        "device.pages": f"/{locale}/goods/{rng.randrange(1000, 9999)}",
    }
    return Profile(locale, email, phone, told, recorded, cookie=f"{rng.getrandbits(64):016x}")


def _sometimes(rng: Random, told: dict[str, str], share: float, field: str, value: Callable[[], str]) -> None:
    if rng.random() < share:
        told[field] = value()


def _ascii(name: str) -> str:
    return name.lower().translate(str.maketrans("èéï", "eei"))


def _some(rng: Random, values: tuple[str, ...]) -> str:
    return ", ".join(rng.sample(values, rng.randrange(1, 4)))


def _address(rng: Random, country: names.Country, city: names.City) -> str:
    street, house = rng.choice(country.streets), rng.randrange(1, 240)
    if country is names.CHINA:
        return f"{city.name}{street}{house}号{rng.randrange(1, 19)}栋{rng.randrange(101, 1805)}室"
    return f"{house} {street}, {city.name}"


def _near(rng: Random, city: names.City) -> str:
    return f"{city.latitude + rng.uniform(-0.05, 0.05):.4f}, {city.longitude + rng.uniform(-0.05, 0.05):.4f}"


def _national_id(rng: Random, born: date) -> str:
    """Looks like a resident identity number, but of a region that there is not."""
    return f"990000{born:%Y%m%d}{rng.randrange(1000):03d}{rng.choice('0123456789X')}"


def _bank_account(rng: Random) -> str:
    """Looks like a bank card number, but its check digit is wrong."""
    digits = f"6299{rng.randrange(10**14):014d}"
    doubled = (sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(reversed(digits)))
    return f"{digits}{(11 - sum(doubled)) % 10}"
