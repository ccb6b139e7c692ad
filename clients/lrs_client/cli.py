"""`lrs-client`: every operation of the service as a command.

Exit codes: 0 for any answer, also when nothing was found; 1 when the service refused or could not be reached; 2 for a
command that cannot be understood.
"""

from dataclasses import MISSING, asdict, fields
from datetime import datetime
from typing import Any

import click

from lrs_client import cli_batches, output
from lrs_client import demo as demonstration
from lrs_client.cli_options import (
    DATE,
    FIND_TYPE,
    GENDER,
    IDENTITY,
    NAMES,
    USER_TYPE,
    Command,
    Session,
    command,
    without_nothing,
)
from lrs_client.get_learning_events import get_learning_events
from lrs_client.get_organisation import get_organisation
from lrs_client.learner import FindAnswer, LearnerToRegister
from lrs_client.learner_by_demographics import learner_by_demographics
from lrs_client.learner_by_uln import learner_by_uln
from lrs_client.learner_by_uln_r9 import learner_by_uln_r9
from lrs_client.meanings import FAILURE_FLAGS, ORGANISATIONS, RECORDS
from lrs_client.register_learner import register_learner
from lrs_client.retrieve_ulns import retrieve_ulns
from lrs_client.update_learner import CHANGEABLE, UpdateAnswer, update_learner
from lrs_client.update_subset_fields import update_subset_fields
from lrs_client.verify_learner import Verification, verify_learner
from lrs_client.view_audit import view_audit
from lrs_client.wire import wire_name

# Anything less than these may be somebody else, whom no command should change.
SURE = frozenset({"WSRC0004", "WSRC0022"})


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Call a Learning Records Service.

    \b
    Credentials come from LRS_UKPRN (or LRS_ORGANISATION_REF), LRS_PASSWORD and LRS_USER_NAME, or from a file:
      lrs-client organisation --ukprn TEST0101 --credentials lrs.toml
    \b
    The whole story, against a service started with `lrs-soap serve --demo`:
      lrs-client demo
    """


@main.command("learner-by-uln")
@command(*IDENTITY, FIND_TYPE)
def by_uln(session: Session, **wanted: Any) -> None:
    """Find a learner by ULN and names.

    \b
    Example:
      lrs-client learner-by-uln --uln 9276308686 --given-name Maeve --family-name Okafor
    """
    with session.connection() as connection:
        answer = learner_by_uln(connection, **wanted)
        session.show(answer, output.answer_told(answer.code, output.LEARNERS, answer.learners))


@main.command("learner-by-uln-r9")
@command(*IDENTITY, FIND_TYPE, USER_TYPE)
def by_uln_r9(session: Session, **wanted: Any) -> None:
    """Find a learner by ULN and names, in the later form (R9).

    \b
    Example:
      lrs-client learner-by-uln-r9 --uln 9276308686 --given-name Maeve --family-name Okafor
    """
    with session.connection() as connection:
        answer = learner_by_uln_r9(connection, **wanted)
        known = asdict(answer.learner) if answer.learner else {}
        known |= {"linked_ulns": ", ".join(known.get("linked_ulns", ()))}
        told = output.facts({name.replace("_", " "): value for name, value in known.items()})
        session.show(answer, output.paragraphs(output.code_told(answer.code), told))


@main.command("learner-by-demographics")
@command(
    *NAMES,
    click.option("--date-of-birth", type=DATE, required=True, metavar="YYYY-MM-DD"),
    click.option("--gender", type=GENDER, required=True, help="0 not known, 1 male, 2 female, 9 not specified."),
    click.option("--post-code", "last_known_post_code", required=True, help="Last known postcode; ZZ99 9ZZ for none."),
    click.option("--previous-family-name"),
    click.option("--school-at-age-16"),
    click.option("--place-of-birth"),
    click.option("--email-address"),
    FIND_TYPE,
)
def by_demographics(session: Session, **wanted: Any) -> None:
    """Find learners by name, date of birth, gender and postcode.

    \b
    Example:
      lrs-client learner-by-demographics --given-name Maeve --family-name Okafor \\
          --date-of-birth 2004-02-29 --gender 2 --post-code "LS2 9AB"
    """
    with session.connection() as connection:
        answer: FindAnswer = learner_by_demographics(connection, **without_nothing(wanted))
        session.show(answer, output.answer_told(answer.code, output.LEARNERS, answer.learners))


def _field_options(function: Command) -> Command:
    """Add an option for every field of a learner to register."""
    for field in reversed(fields(LearnerToRegister)):
        option = f"--{field.name.replace('_', '-')}"
        kind = DATE if field.name.startswith("date_of") else click.STRING
        needed = field.default is MISSING
        shown = None if needed or field.default is None else f"Default: {field.default}."
        function = click.option(option, type=kind, required=needed, help=shown)(function)
    return function


@main.command("register-learner")
@command(_field_options)
def register(session: Session, **values: Any) -> None:
    """Register a learner, after a find that found none.

    \b
    Example:
      lrs-client register-learner --given-name Maeve --family-name Okafor --date-of-birth 2004-02-29 \\
          --gender 2 --last-known-post-code "LS2 9AB" --verification-type 1 --ability-to-share 1
    """
    with session.connection() as connection:
        answer = register_learner(connection, LearnerToRegister(**without_nothing(values)))
        session.show(answer, output.paragraphs(output.code_told(answer.code), answer.uln))


@main.command("update-learner")
@command(
    *IDENTITY,
    click.option(
        "--set", "changes", multiple=True, required=True, metavar="FIELD=VALUE", help="An empty value clears."
    ),
    click.option("--version-number", type=int, help="Send this version number in place of the one read."),
)
def update(session: Session, changes: tuple[str, ...], version_number: int | None, **wanted: Any) -> None:
    """Read a learner, change what is asked, and send the whole.

    FIELD is a name of the contract, such as FamilyName or LastKnownPostCode, or the option's name, such as family-name.

    \b
    Example:
      lrs-client update-learner --uln 9276308686 --given-name Maeve --family-name Okafor \\
          --set EmailAddress=maeve@example.org --set Notes=
    """
    wished = dict(map(_change, changes))
    with session.connection() as connection:
        found = learner_by_uln(connection, **wanted)
        if found.code not in SURE:
            session.show(found, "Nothing was updated.\n" + output.code_told(found.code))
            return
        learner = found.learners[0]
        answer: UpdateAnswer = update_learner(connection, learner, wished, version_number=version_number)
        session.show(answer, output.code_told(answer.code))


def _change(text: str) -> tuple[str, str | None]:
    """Read FIELD=VALUE. Raises a usage error when there is no such field."""
    name, separator, value = text.partition("=")
    by_name = {wire_name(field).casefold(): field for field in CHANGEABLE}
    field = by_name.get(name.strip().replace("-", "").replace("_", "").casefold())
    if field is None or not separator:
        names = ", ".join(map(wire_name, CHANGEABLE))
        raise click.UsageError(f"--set {text}: it takes FIELD=VALUE, where FIELD is one of {names}.")
    if value and field.startswith("date_of"):
        try:
            datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            raise click.UsageError(f"--set {text}: a date is written YYYY-MM-DD.") from None
    return field, value or None


@main.command("verify-learner")
@command(
    *IDENTITY,
    click.option("--date-of-birth", type=DATE, metavar="YYYY-MM-DD"),
    click.option("--gender", type=GENDER),
)
def verify(session: Session, **wanted: Any) -> None:
    """Tell whether a ULN belongs to a name, and to a date of birth and gender when given.

    \b
    Example:
      lrs-client verify-learner --uln 9276308686 --given-name Maeve --family-name Okafor --gender 2
    """
    with session.connection() as connection:
        answer: Verification = verify_learner(connection, **without_nothing(wanted))
        flags = "\n".join(f"{flag}  {FAILURE_FLAGS.get(flag, '')}" for flag in answer.failure_flags)
        stored = output.table((("ULN", lambda row: row.uln), *output.IDENTITY), [answer]) if answer.uln else ""
        session.show(answer, output.paragraphs(output.code_told(answer.code), flags, stored))


@main.command("retrieve-ulns")
@command(click.argument("ulns", nargs=-1, required=True, metavar="ULN..."))
def retrieve(session: Session, ulns: tuple[str, ...]) -> None:
    """Tell of up to 200 ULNs whose they are, and which ULN stands for each.

    \b
    Example:
      lrs-client retrieve-ulns 9276308686 1026893096
    """
    with session.connection() as connection:
        answer = retrieve_ulns(connection, ulns)
        session.show(answer, output.table(output.RETRIEVED, answer))


@main.command("learning-events")
@command(
    *IDENTITY,
    click.option("--date-of-birth", type=DATE, metavar="YYYY-MM-DD"),
    click.option("--gender", type=GENDER),
    USER_TYPE,
    click.option("--brief", "get_type", flag_value="BRIEF", default="FULL", help="Only the main fields."),
    click.option("--language", type=click.Choice(["ENG", "CYM"]), default="ENG"),
)
def learning_events(session: Session, **wanted: Any) -> None:
    """Read a learner's Personal Learning Record.

    \b
    Example:
      lrs-client learning-events --uln 9276308686 --given-name Maeve --family-name Okafor
    """
    with session.connection() as connection:
        record = get_learning_events(connection, **without_nothing(wanted))
        session.show(record, output.answer_told(record.code, output.EVENTS, record.events, RECORDS))


@main.command("update-subset")
@command(
    click.option("--uln", required=True),
    click.option("--version-number", type=int, required=True, help="The version the learner was read with."),
    click.option("--email-address", help="Not given: left as it is; empty: cleared. So are the others."),
    click.option("--telephone-number"),
    click.option(
        "--ability-to-share",
        type=click.Choice(["NotProvided", "FPNNotSeen", "FPNSeenShareData"]),
        default="NotProvided",
        help="NotProvided leaves it as it is.",
    ),
    click.option("--school-at-age-16"),
    click.option("--preferred-given-name"),
    USER_TYPE,
)
def update_subset(session: Session, **wanted: Any) -> None:
    """Change some of five fields of a learner (R9).

    \b
    Example:
      lrs-client update-subset --uln 9276308686 --version-number 3 --telephone-number "0113 496 0000"
    """
    with session.connection() as connection:
        answer = update_subset_fields(connection, **wanted)
        session.show(answer, output.code_told(answer.code))


@main.command("view-audit")
@command(*IDENTITY, USER_TYPE, click.option("--page", type=int, default=1, help="Counted from 1, newest first."))
def audit(session: Session, **wanted: Any) -> None:
    """See who looked at a learner's Personal Learning Record.

    \b
    Example:
      lrs-client view-audit --uln 9276308686 --given-name Maeve --family-name Okafor
    """
    with session.connection() as connection:
        page = view_audit(connection, **wanted)
        summary = f"Page {page.page_index} of {page.page_count}, {page.total_items} entries"
        told = output.paragraphs(summary, output.table(output.AUDIT, page.entries) if page.entries else "")
        session.show(page, told)


@main.command()
@command(click.option("--ukprn", help="8 letters or digits."), click.option("--reference", help="6 letters or digits."))
def organisation(session: Session, ukprn: str | None, reference: str | None) -> None:
    """Look up an organisation by UKPRN or by reference.

    \b
    Example:
      lrs-client organisation --ukprn TEST0101
    """
    if not (ukprn or reference):
        raise click.UsageError("Give --ukprn or --reference.")
    with session.connection() as connection:
        answer = get_organisation(connection, ukprn=ukprn, reference=reference)
        known = {"Name": answer.display_name, "UKPRN": answer.ukprn, "Reference": answer.org_ref}
        told = output.facts(known | {"Status": answer.status})
        session.show(answer, output.paragraphs(output.code_told(answer.code, ORGANISATIONS), told))


@main.command()
@command()
def demo(session: Session) -> None:
    """Run every operation in order against the demo world, and tell the story.

    It uses the credentials of the demo world, so no other service will let it in, and registers somebody new each time.

    \b
    Example:
      lrs-soap serve --demo      # in one terminal
      lrs-client demo            # in another
    """
    demonstration.run(session)


for batch_command in cli_batches.COMMANDS:
    main.add_command(batch_command)
