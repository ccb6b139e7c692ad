"""Makes learners in a wanted state: invented, checked as a world file is, and stored in one unit of work."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lrs_soap.domain import linking
from lrs_soap.domain.codes import AbilityToShare, LearnerStatus
from lrs_soap.domain.issuing import draw_free
from lrs_soap.domain.learner import Learner, details_key
from lrs_soap.store import DuplicateLearnerError, LearningEventError, UnitOfWork
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.learners import people
from lrs_soap.testbench.api.learners.checking import checked
from lrs_soap.testbench.api.learners.events import events
from lrs_soap.testbench.api.learners.models import EVENTS, LearnerWanted, State
from lrs_soap.testbench.api.learners.people import Fields
from lrs_soap.testbench.api.learners.showing import FIVE, learner_fields
from lrs_soap.testbench.drawing import Draw, seeded

MOST_DRAWS = 50
YOUNGEST = (13, 13)
OLDEST = (80, 109)
_SEEDS = 2**63
_SHARED = ("Title", *FIVE[:-1], "PlaceOfBirth", "Nationality", "SchoolAtAge16", "VerificationType", "AbilityToShare")
_SHARING = {
    State.NOT_SHARING: AbilityToShare.SEEN_AND_WITHHOLDS,
    State.NOTICE_NOT_SEEN: AbilityToShare.NOTICE_NOT_SEEN,
}
_STATUS = {State.DELETED: LearnerStatus.DELETED, State.LINKED: LearnerStatus.LINKED}


@dataclass(slots=True)
class Made:
    """What was made. others: those that had to be made for the learner. ambiguous: details between similar learners."""

    uln: str
    others: list[str] = field(default_factory=list)
    ambiguous: Fields | None = None


class Maker:
    """Makes learners in a unit of work. draw: what ULNs are drawn with. now: by the world's clock."""

    def __init__(self, work: UnitOfWork, draw: Draw, now: datetime) -> None:
        self._work = work
        self._draw_uln = draw
        # Counting every draw for all processes would take longer than all the rest.
        self._draw = seeded(draw(_SEEDS), "learner")
        self._now = now

    def make(self, wanted: LearnerWanted) -> Made:
        """Make a learner. Raises RefusedError when it cannot be made as it is wanted."""
        given = wanted.fields()
        match wanted.standing:
            case State.LINKED:
                return self._linked(wanted, given)
            case State.SIMILAR:
                return self._similar(wanted, given)
        return Made(self._stored(wanted, given, lambda: self._person(wanted, given)))

    def _linked(self, wanted: LearnerWanted, given: Mapping[str, Any]) -> Made:
        """Make the record of a learner under an earlier name, linked to the learner's live one."""
        master, others = self._other(wanted, wanted.linked_to, given, "linked_to")

        def earlier() -> Fields:
            known = learner_fields(master)
            kept = {name: known[name] for name in (*_SHARED, "LastKnownPostCode") if name in known}
            family = people.family_name(self._draw, master.family_name)
            return {**kept, "FamilyName": family, "MasterULN": master.uln}

        return Made(self._stored(wanted, given, earlier), others)

    def _similar(self, wanted: LearnerWanted, given: Mapping[str, Any]) -> Made:
        """Make a learner who is all like another but for the address."""
        other, others = self._other(wanted, wanted.similar_to, given, "similar_to")

        def twin() -> Fields:
            known = learner_fields(other)
            kept = {name: known[name] for name in _SHARED if name in known}
            return {**kept, **people.address(self._draw)}

        uln = self._stored(wanted, given, twin)
        return Made(uln, others, self._between(self._work.learners.many([uln])[uln]))

    def _other(
        self, wanted: LearnerWanted, uln: str | None, given: Mapping[str, Any], field_name: str
    ) -> tuple[Learner, list[str]]:
        """Return the learner to whom another one refers, made when none is named, and the ULN if it was made."""
        if uln is not None:
            known = self._work.learners.get(uln)
            if known is None:
                raise RefusedError(
                    422, f"{field_name}: there is no learner {uln[:50]}; make that one first", field_name
                )
            if not known.is_live:
                raise RefusedError(422, f"{field_name}: {_standing(known, self._work)}", field_name)
            return known, []
        shared = {name: given[name] for name in FIVE if name in given and name != "LastKnownPostCode"}
        if wanted.standing is State.LINKED:
            family = people.family_name(self._draw, str(given.get("FamilyName", "")))
            shared["FamilyName"] = family
        plain = wanted.model_copy(update={"state": [one for one in wanted.state if one is not wanted.standing]})
        made = self._stored(plain, shared, lambda: self._person(plain, shared), with_events=False)
        return self._work.learners.many([made])[made], [made]

    def _person(self, wanted: LearnerWanted, given: Mapping[str, Any]) -> Fields:
        ages = YOUNGEST if State.YOUNG in wanted.state else OLDEST if State.OLD in wanted.state else people.AGES
        gender = given.get("Gender")
        return people.person(self._draw, self._now.date(), ages, None if gender is None else str(gender))

    def _stored(
        self, wanted: LearnerWanted, given: Mapping[str, Any], invent: Callable[[], Fields], *, with_events: bool = True
    ) -> str:
        """Store a learner who is like no other, and return the ULN."""
        fields = self._unlike_others(wanted, given, invent)
        fields.setdefault("ULN", draw_free(1, self._work.learners.many, self._draw_uln)[0])
        if with_events:
            self._add_events(wanted, fields)
        learner, its_events = checked(fields, self._work, self._now)
        try:
            self._work.learners.add_many([learner])
            self._work.events.add_many(its_events)
        except (DuplicateLearnerError, LearningEventError) as error:
            raise RefusedError(409, f"{error}; choose another") from None
        return learner.uln

    def _add_events(self, wanted: LearnerWanted, fields: dict[str, Any]) -> None:
        given = fields.setdefault(EVENTS, [])
        # What is wrong with a field is told when it is checked.
        with suppress(KeyError, ValueError):
            born = _date_of_birth(fields)
            if isinstance(given, list):
                fields[EVENTS] = [*given, *events(self._draw, wanted.events.model_dump(), born, self._now)]

    def _unlike_others(
        self, wanted: LearnerWanted, given: Mapping[str, Any], invent: Callable[[], Fields]
    ) -> dict[str, Any]:
        for _ in range(MOST_DRAWS):
            fields = {**invent(), **_of_states(wanted), **given}
            fields = {name: value for name, value in fields.items() if value is not None}
            if all(given.get(name) is not None for name in FIVE) or not self._is_like_another(fields):
                break
        return fields

    def _is_like_another(self, fields: Mapping[str, Any]) -> bool:
        try:
            details = details_key(
                str(fields["FamilyName"]),
                str(fields["GivenName"]),
                _date_of_birth(fields),
                str(fields["Gender"]),
                str(fields["LastKnownPostCode"]),
            )
        except (KeyError, ValueError):
            # What is wrong with them is told when they are checked.
            return False
        return bool(self._work.learners.exact(details))

    def _between(self, learner: Learner) -> Fields:
        """Return details alike to a learner's and to those similar, at an address of nobody's."""
        known = learner_fields(learner)
        details = {name: known[name] for name in FIVE}
        while True:
            details["LastKnownPostCode"] = people.address(self._draw)["LastKnownPostCode"]
            if not self._is_like_another(details):
                return details


def _of_states(wanted: LearnerWanted) -> Fields:
    said = [("AbilityToShare", value.value) for state, value in _SHARING.items() if state in wanted.state]
    said += [("LearnerStatus", value.value) for state, value in _STATUS.items() if state is wanted.standing]
    return dict(said)


def _date_of_birth(fields: Mapping[str, Any]) -> date:
    return date.fromisoformat(str(fields["DateOfBirth"]))


def _standing(learner: Learner, work: UnitOfWork) -> str:
    master = linking.standing_for(learner, work.learners)
    if master is None:
        return f"{learner.uln} is deleted; name a live learner"
    return f"{learner.uln} is a linked learner itself; name its master {master.uln}"
