"""The clause register: what each clause of the policy promises, by what it is kept, and by what that can be seen.

Services, decisions, tests and pages cite its ids; the margin of the policy and `manage.py clauses` show it. Pure: the
code that keeps a clause stands here by its dotted name, so that every app can look its clauses up and none is imported.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class Heading(StrEnum):
    """Under which the policy promises to show its changes (CHG-a); `GENERAL` holds what falls under none of the three."""

    COLLECTED = "collected"
    ACCESS = "access"
    DISCLOSED = "disclosed"
    GENERAL = "general"

    @property
    def words(self) -> str:
        return gettext(_HEADINGS[self])


_HEADINGS = {
    Heading.COLLECTED: gettext_noop("What is collected and used"),
    Heading.ACCESS: gettext_noop("Who can access it"),
    Heading.DISCLOSED: gettext_noop("When it is disclosed"),
    Heading.GENERAL: gettext_noop("In the rest of the policy"),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One clause. Its words are English and marked for translation; the properties give them in the page's language.

    `in_general`: what happens, in one sentence, to whoever reads it. `keeping`: by what the clause is kept, in words
    for staff. `control`: the same as dotted names of code. `evidence`: the kinds of ledger entries that show it at work.
    """

    id: str
    name: str
    heading: Heading
    in_general: str
    keeping: str
    control: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def title(self) -> str:
        return gettext(self.name)

    @property
    def general_words(self) -> str:
        return gettext(self.in_general)

    @property
    def keeping_words(self) -> str:
        return gettext(self.keeping)


REGISTER: tuple[Promise, ...] = (
    Promise(
        "PRE-1",
        gettext_noop("Care, and no when in doubt"),
        Heading.GENERAL,
        in_general=gettext_noop("A refusal is recorded with its reasons, like a permission."),
        keeping=gettext_noop("Two gates that deny whatever they do not know, and record every reason."),
        control=(
            "disclosure.gate.decide",
            "disclosure.filing_gate.decide_filing",
            "disclosure.contributing.decide",
        ),
        evidence=(
            "disclosure.decided",
            "disclosure.read_refused",
            "filing.opening_refused",
            "contribution.refused",
        ),
    ),
    Promise(
        "PRE-2",
        gettext_noop("Permission comes first"),
        Heading.DISCLOSED,
        in_general=gettext_noop("Nothing leaves without a decision on record. Making data public is always refused."),
        keeping=gettext_noop(
            "Lock, decide, record and release in one transaction; a decision that cannot be recorded releases nothing."
        ),
        control=(
            "disclosure.services.disclosures.request_disclosures",
            "disclosure.services.disclosures.read_disclosures",
            "disclosure.gate.action_is_possible",
            "disclosure.services.openings.open_as_person",
        ),
        evidence=(
            "disclosure.decided",
            "disclosure.read",
            "filing.approved",
            "filing.opened",
        ),
    ),
    Promise(
        "PRE-3",
        gettext_noop("Versions of this policy"),
        Heading.GENERAL,
        in_general=gettext_noop("Each version keeps its number, its date and its address, and is never changed."),
        keeping=gettext_noop("Published texts are append-only in the database, and their digests stand on the ledger."),
        control=(
            "consent.services.policies.publish",
            "consent.clauses.document",
            "disclosure.gate.policy_is_in_force",
        ),
        evidence=("policy.published",),
    ),
    Promise(
        "PRE-4",
        gettext_noop("What you agree to when you sign up"),
        Heading.GENERAL,
        in_general=gettext_noop("Recorded once, when an account is opened. It allows no purpose."),
        keeping=gettext_noop("One acceptance for each agreement version, kept apart from the consents."),
        control=(
            "consent.services.sign_up.accept",
            "consent.middleware.AcceptanceMiddleware",
        ),
        evidence=("agreement.accepted",),
    ),
    Promise(
        "PRE-5",
        gettext_noop("Part of the service agreement"),
        Heading.GENERAL,
        in_general=gettext_noop(
            "Each version of the agreement names the one version of this policy that is part of it."
        ),
        keeping=gettext_noop(
            "Agreement and policy are published together; the agreement's row refers to its policy and cannot be changed."
        ),
        control=(
            "consent.models.Agreement",
            "consent.services.policies.publish",
        ),
        evidence=("agreement.published",),
    ),
    Promise(
        "COL-a",
        gettext_noop("What is recorded automatically"),
        Heading.COLLECTED,
        in_general=gettext_noop(
            "Recorded of each page from a fixed list, sealed under a key of the day, forgotten with it."
        ),
        keeping=gettext_noop(
            "A middleware that records what a registry names, sealed before it is answered; partners may not contribute it."
        ),
        control=(
            "users.access.fields.FIELDS",
            "users.middleware.AccessRecordMiddleware",
            "users.access.days.end_outlived",
            "disclosure.contributing.decide",
        ),
        evidence=(
            "access.day_ended",
            "access.searched",
            "access.looked_at",
            "registry.extended",
        ),
    ),
    Promise(
        "COL-b",
        gettext_noop("What partners give us"),
        Heading.COLLECTED,
        in_general=gettext_noop("Refused unless the partner names the channel, its evidence and the date."),
        keeping=gettext_noop(
            "A pure decision on every contribution; what is taken keeps its channel and its evidence, sealed."
        ),
        control=(
            "disclosure.contributing.decide",
            "disclosure.services.contributions.contribute",
        ),
        evidence=(
            "contribution.accepted",
            "contribution.refused",
        ),
    ),
    Promise(
        "EXC-a",
        gettext_noop("Search keywords"),
        Heading.COLLECTED,
        in_general=gettext_noop(
            "Cut from every record; held apart if at all, never disclosed on a consent or for a service."
        ),
        keeping=gettext_noop(
            "Addresses are cut to their route before anything is stored; both gates refuse elements outside the policy."
        ),
        control=(
            "users.access.pages.page_of",
            "users.access.pages.query_of",
            "users.models.DataElement",
            "disclosure.gate.fields_are_governed",
            "disclosure.filing_gate.fields_are_governed",
        ),
        evidence=(),
    ),
    Promise(
        "EXC-b",
        gettext_noop("What you do on the platform"),
        Heading.COLLECTED,
        in_general=gettext_noop("Held apart, and never disclosed on a consent or for a service."),
        keeping=gettext_noop(
            "Elements marked as outside the policy; both gates refuse them outside DIS-c, DIS-d and DIS-f."
        ),
        control=(
            "users.models.DataElement",
            "disclosure.gate.fields_are_governed",
            "disclosure.filing_gate.fields_are_governed",
        ),
        evidence=(
            "transaction.opened",
            "transaction.performed",
            "transaction.closed",
        ),
    ),
    Promise(
        "EXC-c",
        gettext_noop("Violations and measures taken"),
        Heading.COLLECTED,
        in_general=gettext_noop("Held apart, and never disclosed on a consent or for a service."),
        keeping=gettext_noop(
            "Violations have a record of their own, with their evidence sealed; both gates refuse what is marked as outside the policy."
        ),
        control=(
            "users.services.violations.find_violation",
            "disclosure.gate.fields_are_governed",
            "disclosure.filing_gate.fields_are_governed",
        ),
        evidence=(
            "violation.found",
            "violation.confirmed",
            "violation.dismissed",
            "violation.looked_at",
        ),
    ),
    Promise(
        "USE-a",
        gettext_noop("Not provided, sold, rented, shared or traded"),
        Heading.ACCESS,
        in_general=gettext_noop("A partner gets a reference, not a copy; each reading is decided anew."),
        keeping=gettext_noop(
            "Engagements with dates, purposes, fields and countries; their end kills every handle, by date even where a job runs late."
        ),
        control=(
            "disclosure.gate.engagement_has_not_ended",
            "disclosure.gate.action_is_consented",
            "disclosure.services.engagements.end",
            "disclosure.withheld.withheld_scopes",
            "disclosure.services.certificates.submit",
        ),
        evidence=(
            "engagement.begun",
            "engagement.changed",
            "engagement.ended",
            "certificate.demanded",
            "certificate.accepted",
            "certificate.overdue",
        ),
    ),
    Promise(
        "USE-b",
        gettext_noop("No harvesting of data"),
        Heading.ACCESS,
        in_general=gettext_noop(
            "Partners' look-ups by address are counted and limited. Decoy records, alarms at bulk reading and the report form are still to come."
        ),
        keeping=gettext_noop(
            "A daily quota of look-ups by address, and violations that one of the staff finds and another confirms. Decoys, alarms, the report form and termination at once are not built yet."
        ),
        control=(
            "users.services.quotas.take_address_lookups",
            "users.services.violations.decide_violation",
        ),
        evidence=(
            "violation.found",
            "violation.confirmed",
        ),
    ),
    Promise(
        "USE-c",
        gettext_noop("News from us, offers from partners"),
        Heading.COLLECTED,
        in_general=gettext_noop(
            "Our own news can be switched off at once. Offers from partners are off until switched on."
        ),
        keeping=gettext_noop(
            "Purposes that rest on the policy carry an opt-out; whatever goes to a partner needs a consent of its own."
        ),
        control=(
            "consent.queries.asked_aspects",
            "consent.services.choosing.choose",
            "consent.standings.permits_news",
            "consent.services.objecting.object_to_news",
        ),
        evidence=(
            "consent.changed",
            "purpose.published",
        ),
    ),
    Promise(
        "DIS-a",
        gettext_noop("With your consent"),
        Heading.DISCLOSED,
        in_general=gettext_noop("Off for everybody until they switch it on, for each recipient apart."),
        keeping=gettext_noop(
            "A consent for each purpose and recipient, bound to the text that was shown; the gate asks whether it is live and covers the request."
        ),
        control=(
            "consent.services.consents.change",
            "disclosure.gate.consent_is_live",
            "disclosure.gate.text_covers_fields",
            "disclosure.gate.sensitive_is_consented",
        ),
        evidence=("consent.changed",),
    ),
    Promise(
        "DIS-b",
        gettext_noop("For a service you asked for"),
        Heading.DISCLOSED,
        in_general=gettext_noop("Only while a service that the person asked for is open."),
        keeping=gettext_noop("A service request by the person, and a list of what is necessary for its kind."),
        control=(
            "disclosure.services.service_requests.open_service",
            "disclosure.gate.service_is_requested",
            "disclosure.gate.fields_are_necessary",
        ),
        evidence=(
            "service.opened",
            "service.closed",
        ),
    ),
    Promise(
        "DIS-c",
        gettext_noop("Required by law or by an authority"),
        Heading.DISCLOSED,
        in_general=gettext_noop("Two reviewers read the document itself, and leave out what is not necessary."),
        keeping=gettext_noop(
            "An instrument of a verified authority with its document and dates, two reviewers, and a notice that only a legal reason delays."
        ),
        control=(
            "disclosure.services.authorities.enter_instrument",
            "disclosure.filing_gate.instrument_has_not_expired",
            "disclosure.filing_gate.foreign_authority_is_approved",
            "disclosure.filing_gate.fields_are_demanded",
            "disclosure.filing_gate.enough_have_approved",
        ),
        evidence=(
            "authority.verified",
            "authority.doubted",
            "instrument.entered",
            "instrument.approved_at_home",
            "filing.notified",
            "filing.notice_delayed",
        ),
    ),
    Promise(
        "DIS-d",
        gettext_noop("Required because of a violation"),
        Heading.DISCLOSED,
        in_general=gettext_noop(
            "Never on a suspicion: one of the staff finds it, another confirms it, two more approve."
        ),
        keeping=gettext_noop(
            "A violation that two of the staff found and confirmed, a reason why disclosure is required, and two reviewers."
        ),
        control=(
            "users.services.violations.decide_violation",
            "disclosure.filing_gate.violation_is_confirmed",
            "disclosure.filing_gate.disclosure_is_required",
            "disclosure.filing_gate.enough_have_approved",
        ),
        evidence=(
            "violation.confirmed",
            "violation.dismissed",
        ),
    ),
    Promise(
        "DIS-e",
        gettext_noop("Intellectual property complaints"),
        Heading.DISCLOSED,
        in_general=gettext_noop("A person decides, and only while the complaint is open."),
        keeping=gettext_noop(
            "A qualified complainant, and the respondent who asks; the direction is a rule of the gate."
        ),
        control=(
            "disclosure.services.complaints.qualify",
            "disclosure.filing_gate.data_is_the_complainants",
            "disclosure.filing_gate.recipient_is_respondent",
            "disclosure.filing_gate.respondent_asked",
        ),
        evidence=(
            "complaint.opened",
            "complaint.qualified",
            "complaint.closed",
        ),
    ),
    Promise(
        "DIS-f",
        gettext_noop("Your counterparty in a transaction"),
        Heading.DISCLOSED,
        in_general=gettext_noop("A person decides, and the one who is to be reached hears of it before."),
        keeping=gettext_noop(
            "A party that has performed, a warning that both were given, and contact fields alone; a person decides."
        ),
        control=(
            "disclosure.services.transactions.perform",
            "disclosure.filing_gate.requester_has_performed",
            "disclosure.filing_gate.parties_were_warned",
            "disclosure.filing_gate.fields_are_for_contact",
        ),
        evidence=(
            "transaction.performed",
            "transaction.warned",
        ),
    ),
    Promise(
        "DIS-g",
        gettext_noop("Other disclosures"),
        Heading.DISCLOSED,
        in_general=gettext_noop(
            "Never automatic: two reviewers approve it until a date, and each one is counted here."
        ),
        keeping=gettext_noop(
            "A provision entered by name, an expiry date, two reviewers, and a count that the policy's page publishes."
        ),
        control=(
            "disclosure.services.provisions.enter_provision",
            "disclosure.filing_gate.provision_is_in_force",
            "disclosure.filing_gate.filing_has_expiry",
            "disclosure.filing_gate.enough_have_approved",
        ),
        evidence=(
            "provision.entered",
            "provision.repealed",
        ),
    ),
    Promise(
        "STO-1",
        gettext_noop("On our servers and those of our affiliates"),
        Heading.ACCESS,
        in_general=gettext_noop("Each value carries the company that stores it and its country."),
        keeping=gettext_noop("No value is stored without a location."),
        control=(
            "users.models.StorageLocation",
            "users.services.places.add_location",
            "users.services.items.store",
        ),
        evidence=(
            "storage.added",
            "storage.changed",
        ),
    ),
    Promise(
        "STO-2",
        gettext_noop("Abroad"),
        Heading.ACCESS,
        in_general=gettext_noop("Going abroad has a switch of its own."),
        keeping=gettext_noop(
            "The countries of an engagement, each with its transfer mechanism, and a separate consent; asked again at each reading."
        ),
        control=(
            "disclosure.gate.engagement_covers_countries",
            "disclosure.gate.transfer_has_mechanism",
            "disclosure.gate.abroad_is_consented",
        ),
        evidence=(
            "engagement.begun",
            "engagement.changed",
        ),
    ),
    Promise(
        "COO-a",
        gettext_noop("What cookies are for"),
        Heading.COLLECTED,
        in_general=gettext_noop(
            "Nothing but strictly necessary cookies is set before a choice, and none on public pages."
        ),
        keeping=gettext_noop(
            "A register of every cookie; one that is not in it, or whose class was not chosen, does not leave the server. "
            "Global Privacy Control keeps promotional ones off."
        ),
        control=(
            "consent.cookies.register",
            "consent.cookie_middleware.CookieMiddleware",
            "consent.cookie_choice.Standing",
            "consent.services.cookie_choices.honour_signal",
        ),
        evidence=(
            "cookies.chosen",
            "cookies.signal_honoured",
        ),
    ),
    Promise(
        "COO-b",
        gettext_noop("Refusing cookies"),
        Heading.COLLECTED,
        in_general=gettext_noop("Refusing is one press, as accepting is. Public pages work without cookies."),
        keeping=gettext_noop(
            "The choice needs no cookie to be made. No cookies at all stands in the address alone, and what needs some "
            "says which."
        ),
        control=(
            "consent.views.cookies.cookies",
            "consent.cookie_addresses.carry_flag_on",
            "consent.services.cookie_choices.choose",
            "consent.services.cookie_choices.forget_choice",
        ),
        evidence=(
            "cookies.chosen",
            "cookies.refused",
        ),
    ),
    Promise(
        "COO-c",
        gettext_noop("What cookies gather"),
        Heading.COLLECTED,
        in_general=gettext_noop(
            "What cookies gather is marked as such, and kept, decided on and erased with the rest."
        ),
        keeping=gettext_noop(
            "Cookie is a source of items like any other: sealed, with a retention, and erased with the person's key. "
            "Refusing a class deletes what it gathered."
        ),
        control=(
            "users.models.Source",
            "consent.services.cookie_choices.gather",
            "users.services.items.forget",
            "users.services.erasure.erase",
        ),
        evidence=(
            "item.stored",
            "item.deleted",
            "person.erased",
        ),
    ),
    Promise(
        "SEC-a",
        gettext_noop("How we protect your account"),
        Heading.ACCESS,
        in_general=gettext_noop("Each person's data is sealed under a key of its own. No system is perfectly secure."),
        keeping=gettext_noop(
            "Argon2 for passwords, a key for each person, and a ledger that the app's own database role cannot rewrite."
        ),
        control=(
            "privacy_app.crypto.seal",
            "users.services.data_keys.open_data_keys",
            "users.adapters.AccountAdapter",
            "privacy_app.ledger.append_only.AppendOnly",
            "privacy_app.ledger.verification.findings",
        ),
        evidence=(
            "login.ended",
            "address.confirmed",
            "address.removed",
            "role.granted",
            "role.revoked",
            "client.secret_rotated",
        ),
    ),
    Promise(
        "SEC-b",
        gettext_noop("If your data has leaked"),
        Heading.ACCESS,
        in_general=gettext_noop(
            "Both parties of a transaction are warned before either can ask for the other's contact details. The button for reporting a leak is still to come; until then, write to us."
        ),
        keeping=gettext_noop(
            "A freeze stops every disclosure of a person at once, and a warning stands before any exposure to a counterparty. The report button and the incident's clock are not built yet."
        ),
        control=(
            "users.services.freezing.freeze",
            "disclosure.gate.person_is_not_frozen",
            "disclosure.services.transactions.warn_parties",
            "disclosure.filing_gate.parties_were_warned",
        ),
        evidence=(
            "person.frozen",
            "person.unfrozen",
            "transaction.warned",
        ),
    ),
    Promise(
        "CHG-a",
        gettext_noop("How you learn of changes"),
        Heading.GENERAL,
        in_general=gettext_noop("Any two versions can be compared, clause by clause and word by word."),
        keeping=gettext_noop(
            "Every version stays at its address; the differences are computed from the texts themselves and grouped under the three headings."
        ),
        control=(
            "consent.differences.compare",
            "consent.services.policies.publish",
            "consent.services.announcements.post",
        ),
        evidence=("policy.published", "notice.posted"),
    ),
    Promise(
        "CHG-b",
        gettext_noop("Significant changes"),
        Heading.GENERAL,
        in_general=gettext_noop(
            "Everybody is told of a significant change, on the site and by mail. An old consent never covers what a new text adds."
        ),
        keeping=gettext_noop(
            "The product proposes whether a change is significant; such a version posts its notice in the transaction that publishes it; a consent counts for the version it is bound to."
        ),
        control=(
            "consent.significance.propose",
            "consent.services.policy_notices.tell_of_version",
            "consent.mailing_steps.advance",
            "consent.services.consents.change",
            "disclosure.gate.text_covers_fields",
        ),
        evidence=(
            "notice.posted",
            "policy.published",
            "purpose.published",
        ),
    ),
)
"""In the order of the policy."""

BY_ID = {promise.id: promise for promise in REGISTER}


_FAMILIES = {promise.id[:3]: promise.heading for promise in reversed(REGISTER)}


def heading_of(clause: str) -> Heading:
    """Under which heading a clause's changes stand; one that is in no register goes by the first of its family."""
    if clause in BY_ID:
        return BY_ID[clause].heading
    return _FAMILIES.get(clause[:3], Heading.GENERAL)
