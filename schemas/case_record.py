"""One case record: the facts of one removal case at one moment, as a model (JSON in and out).

`case_record.avsc` declares the same fields and documents them; a test keeps the two in step. None
means "not known", never "no". An empty list means "known to have none", and a None among the items
means that there may be more.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Custody = Literal["UNKNOWN", "DETAINED", "RELEASED", "NEVER_DETAINED"]
CalendarType = Literal["UNKNOWN", "MASTER", "INDIVIDUAL", "NOT_CALENDARED"]
FamilyRole = Literal["UNKNOWN", "ALONE", "LEAD", "RIDER"]
Juvenile = Literal[
    "UNKNOWN", "NOT_JUVENILE", "UNACCOMPANIED", "ACCOMPANIED", "RELEASED_OR_TURNED_18"
]
DatePrecision = Literal["UNKNOWN", "DAY", "MONTH", "YEAR"]
MaritalStatus = Literal["UNKNOWN", "UNMARRIED", "MARRIED"]
Sex = Literal["UNKNOWN", "FEMALE", "MALE"]
HighSchool = Literal["UNKNOWN", "COMPLETED_IN_US", "COMPLETED_ABROAD", "NOT_COMPLETED"]
HigherEducation = Literal["UNKNOWN", "PURSUING", "COMPLETED", "NEITHER"]
OutcomeKind = Literal["UNKNOWN", "DECISION", "OTHER_COMPLETION"]
EntryManner = Literal["UNKNOWN", "ADMITTED", "PAROLED", "VISA_WAIVER", "WITHOUT_INSPECTION"]
ViolationKind = Literal[
    "UNKNOWN",
    "OVERSTAY",
    "UNAUTHORIZED_WORK",
    "FAILED_TO_MAINTAIN_STATUS",
    "VISA_PROGRAM_ABUSE",
    "OTHER",
]
RemovalKind = Literal[
    "UNKNOWN",
    "REMOVAL",
    "EXPEDITED_REMOVAL",
    "REINSTATED_ORDER",
    "DEPORTATION",
    "EXCLUSION",
    "VOLUNTARY_DEPARTURE",
    "VOLUNTARY_RETURN",
]
ApprehensionPlace = Literal["UNKNOWN", "BORDER", "PORT_OF_ENTRY", "INTERIOR"]
Adjudicator = Literal["UNKNOWN", "COURT", "USCIS"]
FraudFinder = Literal[
    "UNKNOWN", "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER", "CONSULAR_OFFICER", "OTHER"
]
OffenseGrade = Literal["UNKNOWN", "FELONY", "MISDEMEANOR", "INFRACTION"]
Jurisdiction = Literal["UNKNOWN", "FEDERAL", "STATE", "LOCAL", "FOREIGN"]
ChargeStatus = Literal["UNKNOWN", "SUSTAINED", "NOT_SUSTAINED", "WITHDRAWN", "OTHER"]
ServiceMember = Literal["UNKNOWN", "SELF", "SPOUSE", "PARENT", "CHILD", "SIBLING", "OTHER"]
ServiceStatus = Literal[
    "UNKNOWN", "SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE", "OTHER_DISCHARGE"
]
Relation = Literal["UNKNOWN", "SPOUSE", "CHILD", "PARENT", "SIBLING", "OTHER"]
RelativeStatus = Literal["UNKNOWN", "CITIZEN", "PERMANENT_RESIDENT", "OTHER_LAWFUL", "NONE"]
CareNeed = Literal["UNKNOWN", "NO_NEED", "DISABILITY", "SERIOUS_ILLNESS"]
CaredFor = Literal["UNKNOWN", "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE", "OTHER"]
VictimKind = Literal[
    "UNKNOWN", "DOMESTIC_VIOLENCE", "HUMAN_TRAFFICKING", "OTHER_SERIOUS_CRIME", "OTHER_CRIME"
]
ApplicationDecision = Literal[
    "UNKNOWN", "PENDING", "GRANTED", "DENIED", "WITHDRAWN", "NOT_ADJUDICATED", "OTHER"
]
TieKind = Literal[
    "UNKNOWN", "EMPLOYMENT", "HOME", "FAITH", "VOLUNTEERING", "BUSINESS", "TAXES", "FAMILY", "OTHER"
]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Record):
    """One entry."""

    date: str | None = None
    manner: EntryManner | None = None


class StatusViolation(_Record):
    """One violation."""

    date: str | None = None
    kind: ViolationKind | None = None
    continuing: bool | None = None


class Removal(_Record):
    """One removal or return."""

    date: str | None = None
    kind: RemovalKind | None = None


class RemovalOrder(_Record):
    """One order."""

    date: str | None = None
    final: bool | None = None
    outstanding: bool | None = None
    in_absentia: bool | None = None


class FraudFinding(_Record):
    """One finding."""

    date: str | None = None
    found_by: FraudFinder | None = None


class Conviction(_Record):
    """One conviction."""

    date: str | None = None
    grade: OffenseGrade | None = None
    offense: str | None = None
    category: str | None = None
    category_open: bool | None = None
    incident: str | None = None
    aggravated_felony: bool | None = None
    immigration_element: bool | None = None
    violent: bool | None = None
    sentence_days: int | None = None
    custody_days: int | None = None
    maximum_sentence_days: int | None = None
    jurisdiction: Jurisdiction | None = None
    juvenile_adjudication: bool | None = None
    vacated: bool | None = None
    expunged: bool | None = None
    pardoned: bool | None = None
    gang_element: bool | None = None
    weapon: bool | None = None


class Charge(_Record):
    """One charge."""

    code: str | None = None
    status: ChargeStatus | None = None


class MilitaryService(_Record):
    """One person's service."""

    who: ServiceMember | None = None
    status: ServiceStatus | None = None
    combat: bool | None = None


class Relative(_Record):
    """One relative."""

    relation: Relation | None = None
    status: RelativeStatus | None = None
    minor: bool | None = None
    care_need: CareNeed | None = None


class Caretaking(_Record):
    """One person cared for."""

    of: CaredFor | None = None


class Victimization(_Record):
    """One victimization."""

    kind: VictimKind | None = None
    in_united_states: bool | None = None


class Application(_Record):
    """One application."""

    form: str | None = None
    filed: str | None = None
    decision: ApplicationDecision | None = None
    decided: str | None = None
    likely: bool | None = None
    before: Adjudicator | None = None
    prima_facie: bool | None = None


class Tie(_Record):
    """One tie or contribution."""

    kind: TieKind | None = None
    documented: bool | None = None


class CaseRecord(_Record):
    """The facts of one removal case at one moment."""

    case_id: str | None = None
    a_number: str | None = None
    updated_at: str | None = None
    source: str | None = None
    agency_record_seen: bool | None = None
    court: str | None = None
    opla_office: str | None = None
    case_type: str | None = None
    custody: Custody | None = None
    moved_from_detained_docket: bool | None = None
    moved_docket_on: str | None = None
    calendar_type: CalendarType | None = None
    next_hearing: str | None = None
    nta_issued: str | None = None
    nta_filed_with_court: bool | None = None
    nta_filed: str | None = None
    represented: bool | None = None
    represented_since: str | None = None
    lead_case_id: str | None = None
    family_role: FamilyRole | None = None
    juvenile: Juvenile | None = None
    birth_date: str | None = None
    birth_precision: DatePrecision | None = None
    marital_status: MaritalStatus | None = None
    nationality: str | None = None
    sex: Sex | None = None
    language: str | None = None
    entries: list[Entry | None] | None = None
    present_continuously_since: str | None = None
    apprehension_place: ApprehensionPlace | None = None
    apprehended_on: str | None = None
    status_violations: list[StatusViolation | None] | None = None
    lawful_permanent_resident: bool | None = None
    lpr_since: str | None = None
    months_in_lawful_status: int | None = None
    removals: list[Removal | None] | None = None
    orders: list[RemovalOrder | None] | None = None
    fraud_findings: list[FraudFinding | None] | None = None
    convictions: list[Conviction | None] | None = None
    arrests: int | None = None
    arrests_without_disposition: int | None = None
    pending_charges: int | None = None
    outstanding_warrant: bool | None = None
    weapon_used: bool | None = None
    released_from_incarceration: str | None = None
    rehabilitation: bool | None = None
    security_risk: bool | None = None
    gang_member: bool | None = None
    gang_participation: bool | None = None
    human_rights_violator: bool | None = None
    public_safety_threat: bool | None = None
    significant_threat_found: bool | None = None
    minor_offense_found: bool | None = None
    current_threat_found: bool | None = None
    otherwise_security_threat_found: bool | None = None
    acts_chargeable_found: bool | None = None
    official_misrepresentation_found: bool | None = None
    benefits_abuse_found: bool | None = None
    order_not_complied_with: bool | None = None
    final_order_on_older_order: bool | None = None
    senior_official_exception_found: bool | None = None
    smuggling: bool | None = None
    serious_immigration_fraud: bool | None = None
    egregious_violations: bool | None = None
    amenable_to_expedited_removal: bool | None = None
    paroled_under_paused_policy: bool | None = None
    deferred_action: bool | None = None
    charges: list[Charge | None] | None = None
    military_service: list[MilitaryService | None] | None = None
    relatives: list[Relative | None] | None = None
    caretaking: list[Caretaking | None] | None = None
    in_school: bool | None = None
    high_school: HighSchool | None = None
    higher_education: HigherEducation | None = None
    serious_condition: bool | None = None
    serious_disability: bool | None = None
    severe_illness: bool | None = None
    spouse_severe_illness: bool | None = None
    pregnant_or_nursing: bool | None = None
    spouse_pregnant_or_nursing: bool | None = None
    victimization: list[Victimization | None] | None = None
    witness_to_crime: bool | None = None
    immediate_crime_victim: bool | None = None
    family_crime_victim: bool | None = None
    applications: list[Application | None] | None = None
    ties: list[Tie | None] | None = None
    home_country_ties: bool | None = None
    adverse_home_conditions: bool | None = None
    removal_unlikely: bool | None = None
    cooperates_with_law_enforcement: bool | None = None
    civil_rights_plaintiff: bool | None = None
    completed_on: str | None = None
    court_outcome: str | None = None
    court_outcome_kind: OutcomeKind | None = None
    court_outcome_date: str | None = None
    warnings: list[str | None] | None = None
