"""Finding learners, by ULN or by what is known of them.

Rules: "exact match", "possible matches", "too many matches", "find by ULN", "linked learners".
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lrs_soap.domain import linking, names, tables, uln
from lrs_soap.domain.codes import ErrorCode, ResponseCode
from lrs_soap.domain.criteria import FindByDemographics, FindByUln
from lrs_soap.domain.learner import Identity, Learner
from lrs_soap.domain.matching import Comparison, Known, Level, NamesAgreement, compare, compare_names, swapped_date
from lrs_soap.domain.ports import Learners

__all__ = ["FindByDemographics", "FindByUln", "FindResult", "FoundLearner", "find_by_demographics", "find_by_uln"]

MOST_CANDIDATES = int(tables.numbers("matching", "limits")["candidates"])


@dataclass(frozen=True, slots=True)
class FoundLearner:
    """A learner to show. substituted: the find landed on a linked record, and this is its master."""

    learner: Learner
    substituted: bool = False


@dataclass(frozen=True, slots=True)
class FindResult:
    """What a find came to: the code, and the learners, best first.

    weighed: all records that were compared, and how; a find by ULN compares names, unless they agree at first sight.
    """

    code: ResponseCode | ErrorCode
    learners: tuple[FoundLearner, ...] = ()
    weighed: tuple[tuple[Known, Comparison | NamesAgreement], ...] = field(default=(), compare=False)

    @property
    def ulns(self) -> tuple[str, ...]:
        """The ULNs of the learners found, in their order."""
        return tuple(found.learner.uln for found in self.learners)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The ULN of a live learner, whether a record linked to it was compared, and what came of that."""

    uln: str
    substituted: bool
    comparison: Comparison


def find_by_uln(wanted: FindByUln, learners: Learners) -> FindResult:
    """Find the learner of a ULN, provided that the caller knows the names.

    WSRC0004, WSRC0022 for a linked record, WSRC0003 when the names are only similar, WSRC0015 when a name holds no
    letter or digit, WSEC0136 when the ULN is none, otherwise WSRC0001.
    """
    if not uln.is_valid(wanted.uln):
        return FindResult(ErrorCode.INVALID_ULN)
    if not (names.key(wanted.given_name) and names.key(wanted.family_name)):
        return FindResult(ResponseCode.INSUFFICIENT_DATA)
    record = learners.get(wanted.uln)
    master = linking.standing_for(record, learners) if record else None
    if record is None or master is None:
        return FindResult(ResponseCode.NO_MATCH)
    weighed = _weighed_names(wanted.given_name, wanted.family_name, record, master)
    code = _code_by_names(_best_level(weighed), record)
    shown = () if code is ResponseCode.NO_MATCH else (FoundLearner(master, substituted=record.is_linked),)
    return FindResult(code, shown, weighed)


def names_level(given_name: str, family_name: str, *records: Learner) -> Level:
    """Return how far two names agree with the best of several records of one person."""
    return _best_level(_weighed_names(given_name, family_name, *records))


def _weighed_names(given_name: str, family_name: str, *records: Learner) -> tuple[tuple[Learner, NamesAgreement], ...]:
    """Return how two names compare with records of one person, each once; nothing when they agree at first sight."""
    if any(names.agree(given_name, one.given_name) and names.agree(family_name, one.family_name) for one in records):
        return ()
    different = {one.uln: one for one in records}.values()
    return tuple((one, compare_names(given_name, family_name, one)) for one in different)


def _best_level(weighed: Sequence[tuple[Learner, NamesAgreement]]) -> Level:
    levels = {agreement.level for _, agreement in weighed} or {Level.AGREES}
    return next(level for level in (Level.AGREES, Level.SIMILAR, Level.DIFFERS) if level in levels)


def _code_by_names(level: Level, record: Learner) -> ResponseCode:
    if level is Level.AGREES:
        return ResponseCode.LINKED_LEARNER if record.is_linked else ResponseCode.EXACT_MATCH
    return ResponseCode.POSSIBLE_MATCHES if level is Level.SIMILAR else ResponseCode.NO_MATCH


def find_by_demographics(wanted: FindByDemographics, learners: Learners) -> FindResult:
    """Find learners by the five details and what else is given.

    WSRC0004 or, for a linked record, WSRC0022 when one learner agrees on all five; WSRC0003 with up to ten candidates;
    WSRC0002 when there are more; WSRC0001 when there are none; WSRC0015 when one of the five is empty.
    """
    if not _searchable(wanted):
        return FindResult(ResponseCode.INSUFFICIENT_DATA)
    return _exact(wanted, learners) or _possible(wanted, learners)


def _searchable(wanted: FindByDemographics) -> bool:
    details = wanted.details
    return all((details.family_key, details.given_key, details.gender, details.post_code_key))


def _exact(wanted: FindByDemographics, learners: Learners) -> FindResult | None:
    records = learners.exact(wanted.details)
    if records and records[0].is_live:
        return FindResult(ResponseCode.EXACT_MATCH, (FoundLearner(records[0]),))
    masters = {master.uln: master for record in records if (master := linking.standing_for(record, learners))}
    if not masters:
        return None
    found = tuple(FoundLearner(masters[uln], substituted=True) for uln in sorted(masters))
    return FindResult(ResponseCode.LINKED_LEARNER, found) if len(found) == 1 else _result(found)


def _possible(wanted: FindByDemographics, learners: Learners) -> FindResult:
    compared = [(record, compare(wanted, record)) for record in _worth_comparing(wanted, learners)]
    candidates = _by_master([pair for pair in compared if pair[1].is_candidate], learners)
    alike = [candidate for candidate in candidates if candidate.comparison.is_alike_but_for_post_code]
    shown = _told_apart(alike if len(alike) > 1 else candidates)
    if len(shown) > MOST_CANDIDATES:
        return FindResult(ResponseCode.TOO_MANY_MATCHES, weighed=tuple(compared))
    return replace(_result(_whole(shown, learners)), weighed=tuple(compared))


def _whole(candidates: Sequence[_Candidate], learners: Learners) -> tuple[FoundLearner, ...]:
    """Fetch all of the few learners that are shown; of those that were only compared, what is compared sufficed."""
    known = learners.many(candidate.uln for candidate in candidates)
    # A learner may have been linked to another since it was compared.
    live = (candidate for candidate in candidates if candidate.uln in known and known[candidate.uln].is_live)
    return tuple(FoundLearner(known[candidate.uln], candidate.substituted) for candidate in live)


def _result(found: tuple[FoundLearner, ...]) -> FindResult:
    if len(found) > MOST_CANDIDATES:
        return FindResult(ResponseCode.TOO_MANY_MATCHES)
    return FindResult(ResponseCode.POSSIBLE_MATCHES if found else ResponseCode.NO_MATCH, found)


def _worth_comparing(wanted: FindByDemographics, learners: Learners) -> Sequence[Identity]:
    family, given = names.key(wanted.family_name), names.key(wanted.given_name)
    born = wanted.date_of_birth
    swapped = swapped_date(born)
    return learners.candidates(
        family_keys=(family, given),
        given_keys=(given, family),
        family_sounds=(names.sound(family),),
        given_sounds=(names.sound(given),),
        post_code_key=wanted.post_code_key,
        dates_of_birth=(born,) if swapped is None else (born, swapped),
        month_of_birth=_month_of(born),
    )


def _month_of(born: date) -> tuple[date, date]:
    """Return the days that agree with a date of birth in its month: all when it is the first, else the first alone."""
    first = born.replace(day=1)
    return first, first if born != first else born.replace(day=monthrange(born.year, born.month)[1])


def _by_master(compared: Iterable[tuple[Identity, Comparison]], learners: Learners) -> list[_Candidate]:
    """Put the live master in the place of each linked record, none twice, best first."""
    best: dict[str, _Candidate] = {}
    for record, comparison in sorted(compared, key=lambda pair: pair[1].order):
        live = record if record.is_live else linking.master_of(record.master_uln, learners)
        if live is None:
            continue
        uln = live.uln
        seen = best.get(uln)
        if seen is None:
            best[uln] = _Candidate(uln, not record.is_live, comparison)
        elif record.is_live:
            best[uln] = _Candidate(uln, False, seen.comparison)
    return sorted(best.values(), key=lambda candidate: (*candidate.comparison.order[:2], candidate.uln))


def _told_apart(candidates: list[_Candidate]) -> list[_Candidate]:
    """Leave out candidates from which an optional detail tells others apart. Rule: "telling candidates apart"."""
    left = candidates
    for detail in _optional_details(candidates):
        left = _without(left, detail, Level.DIFFERS)
    for detail in _optional_details(candidates):
        if len(left) > MOST_CANDIDATES:
            left = _without(left, detail, Level.UNKNOWN)
    return left


def _optional_details(candidates: list[_Candidate]) -> tuple[str, ...]:
    return tuple(agreement.detail for agreement in candidates[0].comparison.optional) if candidates else ()


def _without(candidates: list[_Candidate], detail: str, level: Level) -> list[_Candidate]:
    """Leave out those of a level on one detail, unless their five details agree better than all it speaks for."""
    levels = [agreement.level for c in candidates if (agreement := c.comparison.of(detail))]
    speaks_for = [c for c, at in zip(candidates, levels, strict=True) if at in (Level.AGREES, Level.SIMILAR)]
    if not speaks_for:
        return candidates
    best = max(candidate.comparison.base for candidate in speaks_for)
    pairs = zip(candidates, levels, strict=True)
    return [candidate for candidate, at in pairs if at is not level or candidate.comparison.base > best]
