"""The catalog of facts: every named, typed column that a rulebook may read.

A fact is derived from the fields of a case record by `transforms.score.facts`. Three kinds of fact
are three-valued in different ways:

- `bool` and `code` facts are one column of the same name; null means not known.
- `count` and `date` facts are two columns, `NAME.low` and `NAME.high`: the truth lies between
  them. They are known when both are equal. A null bound is open. So a file with one felony and one
  conviction of unknown grade has `felony_convictions` between 1 and 2, and
  `felony_convictions >= 1` is TRUE although the count is not known.

No fact moves with the calendar. What does, such as being 65, is a milestone of the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.questions import Question, questions

FactKind = Literal["bool", "count", "date", "code"]

# Kinds of removal that count as one: voluntary departures and returns do not.
REMOVALS = ("REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION")


@dataclass(frozen=True, slots=True)
class Fact:
    """One named, typed column derived from a case record.

    Args:
        name: The column's name, as conditions write it.
        kind: `bool`, `count` (a number of things), `date` or `code` (one of `values`, or any text).
        doc: What it says, in one line.
        fields: The record fields it is derived from, as `convictions.grade`.
        values: The codes a `code` fact can take; empty where any text can stand.
        protected: Whether it is a protected attribute (nationality, sex, language).
        only_if: A `bool` fact without which there is no such thing: nobody need ask when someone
            last entered illegally who never did.
        settled_by: Facts to ask for first, where all that is counted is listed (the upper bound is
            known) and one of them is not known: a conviction on file counts or not by whether it
            was vacated, so that is the question, not how many convictions there are.
    """

    name: str
    kind: FactKind
    doc: str
    fields: tuple[str, ...]
    values: tuple[str, ...] = ()
    protected: bool = False
    only_if: str | None = None
    settled_by: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The fact's columns in a fact frame."""
        if self.kind in ("count", "date"):
            return (low(self.name), high(self.name))
        return (self.name,)

    @property
    def asked(self) -> Question:
        """How it is named to a person, and asked for."""
        return questions()[self.name]

    @property
    def label(self) -> str:
        """What a person calls it, as `military service, the respondent`."""
        return self.asked.label

    @property
    def question(self) -> str:
        """What to ask for it."""
        return self.asked.question

    @property
    def confidential(self) -> str | None:
        """The law that protects it; None where none does."""
        return self.asked.confidential


def low(name: str) -> str:
    """The column that holds the lower bound of a `count` or `date` fact."""
    return f"{name}.low"


def high(name: str) -> str:
    """The column that holds the upper bound of a `count` or `date` fact."""
    return f"{name}.high"


def _bool(name: str, doc: str, *fields: str) -> Fact:
    return Fact(name, "bool", doc, fields or (name,))


def _count(name: str, doc: str, *fields: str) -> Fact:
    return Fact(name, "count", doc, fields or (name,))


def _date(name: str, doc: str, *fields: str, only_if: str | None = None) -> Fact:
    return Fact(name, "date", doc, fields or (name,), only_if=only_if)


_CONVICTION = (
    "convictions.jurisdiction",
    "convictions.juvenile_adjudication",
    "convictions.vacated",
    "convictions.expunged",
    "convictions.pardoned",
    "convictions.date",
    "birth_date",
)
_CATEGORY = ("category", "category_open")
_STATUS_OFFENSE = (*_CATEGORY, "immigration_element")
_STANDING = ("vacated_convictions", "juvenile_adjudications")


def _convictions(name: str, doc: str, *columns: str, kind: FactKind = "count") -> Fact:
    fields = dict.fromkeys((*(f"convictions.{column}" for column in columns), *_CONVICTION))
    return Fact(name, kind, doc, tuple(fields), settled_by=_STANDING)


def _misdemeanors(name: str, what: str) -> Fact:
    return _convictions(f"{name}_misdemeanors", f"Misdemeanors: {what}.", "grade", *_CATEGORY)


def _charged(name: str, what: str) -> tuple[Fact, Fact]:
    fields = ("charges.code", "charges.status")
    return (
        _bool(f"alleged_{name}", f"The NTA charges {what}, and no judge found otherwise.", *fields),
        _bool(f"sustained_{name}", f"A judge sustained a charge of {what}.", *fields),
    )


DOCKET = (
    Fact("court", "code", "Immigration court (EOIR base-city code).", ("court",)),
    Fact(
        "custody",
        "code",
        "Custody status.",
        ("custody",),
        ("DETAINED", "RELEASED", "NEVER_DETAINED"),
    ),
    Fact(
        "calendar",
        "code",
        "Calendar of the next hearing.",
        ("calendar_type",),
        ("MASTER", "INDIVIDUAL", "NOT_CALENDARED"),
    ),
    Fact("case_type", "code", "EOIR case type.", ("case_type",)),
    _date("next_hearing", "Day of the next hearing."),
    _date("nta_issued", "Day the Notice to Appear was issued."),
    _bool("nta_filed_with_court", "The Notice to Appear has been filed with EOIR."),
    _bool("represented", "A representative has entered an appearance."),
    _bool(
        "moved_from_detained_docket", "The case was moved from a detained to a non-detained docket."
    ),
    _date("moved_docket_on", "Day of that move.", only_if="moved_from_detained_docket"),
)

PERSON = (
    _date("birth_date", "Date of birth; a month or year alone spans its days.", "birth_date"),
    _bool("unmarried", "Not married.", "marital_status"),
    Fact("nationality", "code", "Nationality (EOIR code).", ("nationality",), protected=True),
    Fact("sex", "code", "Sex.", ("sex",), ("FEMALE", "MALE"), protected=True),
    Fact("language", "code", "Language of the hearings.", ("language",), protected=True),
)

PRESENCE = (
    _date("first_entry", "First entry to the United States.", "entries.date"),
    _date("last_entry", "Latest entry.", "entries.date"),
    _date(
        "present_since",
        "Start of continuous presence: as shown, else the latest entry.",
        "present_continuously_since",
        "entries.date",
    ),
    _count(
        "age_at_first_entry",
        "Full years of age at the first entry.",
        "birth_date",
        "entries.date",
    ),
    _bool("entered_illegally", "Ever entered without inspection.", "entries.manner"),
    _date(
        "last_illegal_entry",
        "Latest entry without inspection.",
        "entries.date",
        "entries.manner",
        only_if="entered_illegally",
    ),
    _bool("violated_status", "Ever violated the terms of an admission.", "status_violations"),
    _date(
        "last_status_violation",
        "Latest such violation.",
        "status_violations.date",
        only_if="violated_status",
    ),
    _bool(
        "visa_program_abuse",
        "Significantly abused a visa or visa waiver program.",
        "status_violations.kind",
    ),
    _bool(
        "continuing_violation",
        "A violation of the terms of an admission goes on, such as an overstay.",
        "status_violations.continuing",
    ),
    _bool(
        "apprehended_at_border",
        "Apprehended at the border or a port of entry while trying to enter unlawfully.",
        "apprehension_place",
    ),
    _bool("apprehended_in_interior", "Apprehended in the interior.", "apprehension_place"),
    _date("apprehended_on", "Day of the apprehension."),
    _bool("lawful_permanent_resident", "Is a lawful permanent resident."),
    _date("lpr_since", "Permanent resident since.", only_if="lawful_permanent_resident"),
    _count("months_in_lawful_status", "Months spent in any lawful status."),
)

IMMIGRATION_HISTORY = (
    _bool(
        "agency_record_seen",
        "The agency's own record of removals, orders and findings was seen.",
        "agency_record_seen",
        "removals",
        "orders",
        "fraud_findings",
    ),
    _count("removals", "Earlier removals (not voluntary departures or returns).", "removals.kind"),
    _bool("final_order", "Has a final order of removal.", "orders.final"),
    _date(
        "latest_final_order",
        "Latest final order.",
        "orders.date",
        "orders.final",
        only_if="final_order",
    ),
    _bool("outstanding_order", "Has an order that was not carried out.", "orders.outstanding"),
    _bool(
        "order_carried_out",
        "Was removed, or a final order against the person was carried out.",
        "removals.kind",
        "orders.final",
        "orders.outstanding",
    ),
    _bool("order_not_complied_with", "Is under a final order and has not complied with it."),
    _bool(
        "illegal_reentry",
        "Entered without inspection after a removal, or was convicted of illegal re-entry.",
        "entries.date",
        "entries.manner",
        "removals.date",
        "removals.kind",
        "convictions.category",
        "convictions.category_open",
    ),
    _count(
        "fraud_findings",
        "Findings of immigration fraud by an officer or a judge.",
        "fraud_findings.found_by",
    ),
    _count(
        "consular_fraud_findings",
        "Findings of immigration fraud by a consular officer.",
        "fraud_findings.found_by",
    ),
    _bool("serious_immigration_fraud", "Committed serious immigration fraud."),
    _bool("smuggling", "Smuggled others into the United States, or helped to."),
    _bool("egregious_violations", "An attorney found an egregious immigration record."),
    _bool(
        "amenable_to_expedited_removal",
        "Amenable to expedited removal, which was not applied.",
    ),
    _bool("paroled_under_paused_policy", "Paroled under a policy since paused, changed or ended."),
    _bool("deferred_action", "Holds deferred action, such as under DACA."),
    _bool("relief_denied", "An application for status or relief was denied.", "applications"),
)

CRIMINAL_HISTORY = (
    _convictions("convictions", "Convictions of any grade but infractions.", "grade"),
    _convictions("felony_convictions", "Felonies.", "grade"),
    _convictions(
        "felonies_not_status",
        "Felonies of which immigration status is not an essential element.",
        "grade",
        *_STATUS_OFFENSE,
    ),
    _convictions(
        "felonies_not_state_status",
        "Felonies but state or local offenses of which immigration status is an element.",
        "grade",
        *_STATUS_OFFENSE,
    ),
    _convictions("aggravated_felonies", "Aggravated felonies.", "aggravated_felony"),
    _convictions("misdemeanor_convictions", "Misdemeanors.", "grade"),
    _convictions(
        "misdemeanors_not_minor",
        "Misdemeanors other than minor traffic and immigration-status offenses.",
        "grade",
        *_STATUS_OFFENSE,
    ),
    _convictions(
        "misdemeanor_incidents",
        "Separate incidents that led to misdemeanors, other than minor traffic offenses and state "
        "or local offenses of which immigration status is an element.",
        "grade",
        *_STATUS_OFFENSE,
        "incident",
    ),
    _convictions(
        "immigration_offenses",
        "Convictions for illegal entry, illegal re-entry or immigration fraud.",
        *_CATEGORY,
    ),
    _convictions("gang_offenses", "Convictions for a gang offense.", *_CATEGORY),
    _convictions(
        "gang_element_convictions",
        "Convictions of which active participation in a criminal street gang is an element.",
        *_CATEGORY,
        "gang_element",
    ),
    _misdemeanors("violent", "violence, threats, assault or domestic violence"),
    _misdemeanors("domestic_violence", "domestic violence"),
    _misdemeanors("sexual_abuse", "sexual abuse or exploitation"),
    _misdemeanors("driving_under_influence", "driving under the influence of alcohol or drugs"),
    _misdemeanors("hit_and_run", "flight from the scene of an accident"),
    _misdemeanors("drug_trafficking", "drug distribution or trafficking"),
    _misdemeanors("burglary", "burglary"),
    _misdemeanors("firearm", "unlawful possession or use of a firearm"),
    _misdemeanors("public_safety", "another significant threat to public safety"),
    _misdemeanors("dwai", "driving while ability impaired, short of drunk driving"),
    _misdemeanors("traffic", "minor traffic offenses"),
    _convictions(
        "open_threat_misdemeanors",
        "Misdemeanors of which a person must judge whether they threaten public safety: firearm, "
        "another weapon, burglary, arson, gang.",
        "grade",
        *_CATEGORY,
        "weapon",
    ),
    _convictions(
        "open_category_convictions",
        "Convictions of which the words of the file leave the kind of offense open.",
        "category_open",
    ),
    _convictions(
        "felonies_by_maximum_sentence",
        "Convictions of offenses that the law punishes with more than a year.",
        "maximum_sentence_days",
    ),
    _convictions(
        "dui_in_federal_range",
        "Misdemeanors of driving under the influence whose longest sentence is more than five days "
        "and not more than a year, as of a misdemeanor under federal law.",
        "grade",
        *_CATEGORY,
        "maximum_sentence_days",
    ),
    _convictions(
        "misdemeanors_90_days_sentence",
        "Misdemeanors with a sentence of 90 days or more, suspended time included.",
        "grade",
        "sentence_days",
    ),
    _convictions(
        "misdemeanors_90_days_custody",
        "Misdemeanors with 90 days or more to be served in custody.",
        "grade",
        "custody_days",
    ),
    _convictions(
        "nonviolent_misdemeanors",
        "Misdemeanors that are not violent.",
        "grade",
        *_CATEGORY,
        "violent",
    ),
    _convictions(
        "last_conviction", "Latest conviction of any grade but infractions.", "grade", kind="date"
    ),
    _convictions(
        "longest_sentence_days",
        "Longest sentence of a conviction in days, suspended time included.",
        "sentence_days",
    ),
    _count(
        "vacated_convictions",
        "Convictions on file that were vacated.",
        "convictions.vacated",
    ),
    _count(
        "juvenile_adjudications",
        "Convictions on file that are adjudications of a juvenile court.",
        "convictions.juvenile_adjudication",
        "convictions.date",
        "birth_date",
    ),
    _count("arrests", "Arrests."),
    _count("arrests_without_disposition", "Arrests of which the file has no outcome."),
    _count("pending_charges", "Criminal charges that are pending in a criminal court."),
    _bool("outstanding_warrant", "A criminal warrant is outstanding."),
    _bool("weapon_used", "Used or threatened to use a weapon."),
    _date("released_from_incarceration", "Day of release from a jail or prison."),
    _bool("rehabilitation", "The file shows rehabilitation."),
)

CONCERNS = (
    _bool("security_risk", "Suspected terrorist or another national security risk."),
    _bool("gang_member", "Known gang member."),
    _bool("gang_participation", "Took part in a gang intentionally, aged 16 or older."),
    _bool("human_rights_violator", "Human rights violator."),
    _bool("public_safety_threat", "Another clear threat to public safety."),
    _bool("significant_threat_found", "An attorney found an offense a significant threat."),
    _bool("minor_offense_found", "An attorney found that the one offense is minor."),
    _bool("current_threat_found", "An attorney found a current threat to public safety."),
    _bool(
        "otherwise_security_threat_found", "An attorney found another danger to national security."
    ),
    _bool("acts_chargeable_found", "An officer found acts that amount to a chargeable offense."),
    _bool("official_misrepresentation_found", "An officer found fraud in an official matter."),
    _bool("benefits_abuse_found", "An officer found abuse of public benefits."),
    _bool("senior_official_exception_found", "A senior official found that there is no threat."),
)

ALLEGATIONS = (
    _bool(
        "charges_seen",
        "The charges in the NTA were seen: all are listed, and each could be read.",
        "charges.code",
    ),
    _bool("unreadable_charge", "A charge in the NTA could not be read.", "charges.code"),
    *_charged("security_ground", "a security ground"),
    *_charged("human_rights_ground", "a human rights ground"),
    *_charged("criminal_ground", "a criminal ground"),
    *_charged("fraud", "fraud or misrepresentation"),
    *_charged("prior_removal", "an earlier removal"),
    *_charged("illegal_entry", "presence without admission"),
    *_charged("status_violation", "a status violation"),
)

FAVOR = (
    _bool(
        "served",
        "In good standing in, or honorably discharged from, the forces.",
        "military_service.who",
        "military_service.status",
    ),
    _bool(
        "spouse_served",
        "So is or was the spouse.",
        "military_service.who",
        "military_service.status",
    ),
    _bool(
        "parent_served",
        "So is or was a parent.",
        "military_service.who",
        "military_service.status",
    ),
    _bool(
        "immediate_relative_served",
        "So is or was a spouse, parent, child or sibling.",
        "military_service.who",
        "military_service.status",
    ),
    _bool(
        "combat_service",
        "The person's or a relative's service included combat.",
        "military_service.combat",
    ),
    _bool("in_school", "Enrolled in school below college."),
    _bool("finished_high_school", "Finished high school or its equivalent.", "high_school"),
    _bool("us_high_school", "Finished high school in the United States.", "high_school"),
    _bool(
        "higher_education",
        "Pursuing or finished higher education in the United States.",
        "higher_education",
    ),
    _bool("citizen_spouse", "Spouse is a citizen.", "relatives.relation", "relatives.status"),
    _bool("citizen_child", "Child is a citizen.", "relatives.relation", "relatives.status"),
    _bool("citizen_parent", "Parent is a citizen.", "relatives.relation", "relatives.status"),
    _bool("citizen_sibling", "Sibling is a citizen.", "relatives.relation", "relatives.status"),
    _bool(
        "resident_spouse",
        "Spouse is a permanent resident.",
        "relatives.relation",
        "relatives.status",
    ),
    _bool(
        "resident_child", "Child is a permanent resident.", "relatives.relation", "relatives.status"
    ),
    _bool(
        "resident_parent",
        "Parent is a permanent resident.",
        "relatives.relation",
        "relatives.status",
    ),
    _bool(
        "primary_caretaker",
        "Primary caretaker of a minor, a disabled person or a seriously ill relative.",
        "caretaking.of",
    ),
    _bool(
        "serious_condition",
        "Serious condition that would need significant medical or detention resources.",
    ),
    _bool("serious_disability", "Serious mental or physical disability."),
    _bool("severe_illness", "Severe mental or physical illness."),
    _bool("spouse_severe_illness", "The spouse's severe mental or physical illness."),
    _bool("pregnant_or_nursing", "Pregnant or nursing."),
    _bool("spouse_pregnant_or_nursing", "The spouse is pregnant or nursing."),
    _bool(
        "domestic_violence_victim",
        "Victim of domestic violence in the United States.",
        "victimization.kind",
        "victimization.in_united_states",
    ),
    _bool(
        "trafficking_victim",
        "Victim of human trafficking to the United States.",
        "victimization.kind",
        "victimization.in_united_states",
    ),
    _bool(
        "serious_crime_victim",
        "Victim of another serious crime in the United States.",
        "victimization.kind",
        "victimization.in_united_states",
    ),
    _bool("immediate_crime_victim", "Immediate victim of a crime of any kind."),
    _bool("witness_to_crime", "Witness to a crime under investigation or prosecution."),
    _bool(
        "likely_family_relief",
        "A grant of family-based status or cancellation is likely.",
        "applications.form",
        "applications.likely",
        "applications.decision",
    ),
    _bool(
        "likely_protection",
        "A grant of asylum, or of protection as a victim, is likely.",
        "applications.form",
        "applications.likely",
        "applications.decision",
    ),
    *(
        _bool(name, doc, *(f"applications.{field}" for field in fields))
        for name, doc, fields in (
            (
                "relief_pending",
                "An application for relief or status is pending.",
                ("form", "decision"),
            ),
            (
                "relief_pending_before_court",
                "An application for relief is pending before the court.",
                ("form", "decision", "before"),
            ),
            ("asylum_pending", "An application for asylum is pending.", ("form", "decision")),
            (
                "victim_relief_pending",
                "An application for status as a victim is pending.",
                ("form", "decision"),
            ),
            (
                "prima_facie_relief",
                "An application shows eligibility on its face.",
                ("form", "decision", "prima_facie"),
            ),
            ("approved_petition", "A visa petition was approved.", ("form", "decision")),
            ("victim_benefit_granted", "Status as a victim was granted.", ("form", "decision")),
        )
    ),
    _count(
        "documented_ties", "Ties and contributions with evidence in the file.", "ties.documented"
    ),
    _bool("home_country_ties", "Keeps close ties to the home country."),
    _bool("adverse_home_conditions", "Conditions in the home country weigh against removal."),
    _bool("removal_unlikely", "Removal is unlikely because of the nationality."),
    _bool("cooperates_with_law_enforcement", "Cooperates or cooperated with law enforcement."),
    _bool("civil_rights_plaintiff", "In a non-frivolous effort to protect civil rights."),
)

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        *DOCKET,
        *PERSON,
        *PRESENCE,
        *IMMIGRATION_HISTORY,
        *CRIMINAL_HISTORY,
        *CONCERNS,
        *ALLEGATIONS,
        *FAVOR,
    )
}
