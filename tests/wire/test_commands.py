"""The commands other than serve: what they print, how they fail, and what they leave in the register."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lrs_soap import __version__
from lrs_soap.cli import main
from lrs_soap.domain import uln
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.passwords import password_is
from lrs_soap.settings import CONFIG_VARIABLE, Settings
from lrs_soap.store import Store, migrating, open_store
from lrs_soap.store.engine import make_engine, parse_url, transaction
from tests.factories import qualification

PASSWORD = "0123456789abcdef"
COLLEGE = ("organisation", "add", "10001234", "ABC123", "Example College")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (CONFIG_VARIABLE, *(f"LRS_SOAP_{name.upper()}" for name in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.db'}"


def run(*args: str, typed: str | None = None, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=typed, env=env)


def done(*args: str, typed: str | None = None, env: dict[str, str] | None = None) -> str:
    result = run(*args, typed=typed, env=env)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(*args: str, code: int = 1, typed: str | None = None, env: dict[str, str] | None = None) -> str:
    result = run(*args, typed=typed, env=env)
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def described(url: str) -> str:
    with opened(url) as store:
        return store.describe()


def organisation(url: str) -> Organisation:
    with opened(url) as store, store.reading() as work:
        found = work.organisations.by_ukprn("10001234")
    assert found is not None
    return found


def shipped_qualifications(url: str) -> int:
    """Return how many qualifications the register has, which are those that come with the service, or more."""
    with opened(url) as store, store.reading() as work:
        number = work.qualifications.count()
    assert number > 250
    return number


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    said = done(*path, "--help")
    assert re.search(r"Examples?:\n +(\w+=\S+ )?lrs-soap ", said)


def test_version() -> None:
    assert done("version").startswith(f"lrs-soap {__version__} on Python 3.")


def test_a_command_imports_what_it_needs_alone() -> None:
    script = "import sys; from lrs_soap.cli import main; main(['version'], standalone_mode=False); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "lrs_soap.cli" in said.split()
    assert {"spyne", "sqlalchemy", "gunicorn"}.isdisjoint(said.split())


def test_an_unknown_command_is_a_wrong_usage() -> None:
    assert "No such command 'sevre'" in failed("sevre", code=2)


def test_load_makes_the_tables_and_says_what_it_loaded(url: str, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "Learners: [{GivenName: A, FamilyName: B, DateOfBirth: 2004-02-29, Gender: 1, LastKnownPostCode: N1 1AA}]"
    )
    assert done("load", str(world), "--database", url) == f"Loaded 1 learner into {described(url)}.\n"
    shipped = shipped_qualifications(url)
    assert done("db", "status", "--database", url) == (
        f"{described(url)}: up to date.\n1 learners, 0 organisations, {shipped} qualifications.\n"
    )


def test_load_tells_tables_apart_and_says_how_many_qualifications_it_loaded(url: str, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text(
        "QualificationReference,Title,QualificationType,Level,Credits,GradeSet,Sensitive\n"
        "69950012,GCSE in Sociology,GCSE,Level 1/2,0,GCSE-9-1,N\n"
        "M/999/5003,Handling a Hive,QCF Unit,Level 1,2,,\n"
    )
    assert done("load", str(file), "--database", url) == f"Loaded 2 qualifications into {described(url)}.\n"
    assert done("load", str(file), "--database", url) == f"Loaded 2 qualifications into {described(url)}.\n"
    before = shipped_qualifications(url)
    file.write_text(file.read_text().replace(",GCSE-9-1,", ",GCSE-9-l,"))
    said = failed("load", str(file), "--database", url)
    assert f"{file}:2: GradeSet: 'GCSE-9-l' should be the name of a set by itself, such as GCSE-9-1" in said
    assert shipped_qualifications(url) == before


def test_nothing_of_several_files_is_loaded_when_one_is_wrong(url: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(
        "Learners: [{GivenName: A, FamilyName: B, DateOfBirth: 2004-02-29, Gender: 1, LastKnownPostCode: N1 1AA}]"
    )
    bad.write_text("Learners:\n  - GivenName: C\n    Gander: 1\n")
    said = failed("load", str(good), str(bad), "--database", url)
    assert said.startswith("Error: nothing has been loaded:\n")
    assert f"{bad}:3: Learners[1].Gander: there is no such field; did you mean Gender?" in said
    with opened(url) as store, store.reading() as work:
        assert work.learners.count() == 0


def test_load_needs_a_file_that_is_there() -> None:
    assert "does not exist" in failed("load", "nowhere.yaml", code=2)


def test_db_status_and_upgrade(url: str) -> None:
    assert "empty: no tables yet" in done("db", "status", "--database", url)
    said = done("db", "upgrade", "--database", url)
    loaded = f"Loaded {shipped_qualifications(url)} qualifications that come with the service.\n"
    assert said == f"{described(url)}: is now up to date.\n{loaded}"
    assert done("db", "upgrade", "--database", url) == f"{described(url)}: was up to date.\n"


def test_a_register_of_an_older_version_gets_qualifications_when_it_is_upgraded(url: str) -> None:
    engine = make_engine(parse_url(url))
    with transaction(engine) as connection:
        migrating.upgrade(connection, "0001")
    engine.dispose()
    assert "qualifications that come with the service" in done("db", "upgrade", "--database", url)
    shipped_qualifications(url)


def test_a_register_with_qualifications_of_its_own_gets_no_others(url: str) -> None:
    with opened(url) as store:
        store.migrate()
        with store.writing() as work:
            work.qualifications.put_many([qualification()])
    assert done("db", "upgrade", "--database", url) == f"{described(url)}: was up to date.\n"
    with opened(url) as store, store.reading() as work:
        assert work.qualifications.all() == [qualification()]


@pytest.mark.parametrize(
    ("doctoring", "advice"),
    [
        ("DELETE FROM alembic_version", "bring them up to date with `lrs-soap db upgrade`"),
        ("UPDATE alembic_version SET version_num = 'of the future'", "use that version of lrs-soap"),
    ],
    ids=["outdated", "newer"],
)
def test_a_register_of_another_version_is_refused(doctoring: str, advice: str, url: str, tmp_path: Path) -> None:
    done("db", "upgrade", "--database", url)
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection, connection:
        connection.execute(doctoring)
    assert advice in failed("organisation", "list", "--database", url)


def test_a_register_of_a_newer_version_is_not_upgraded(url: str, tmp_path: Path) -> None:
    done("db", "upgrade", "--database", url)
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of the future'")
    assert "made by a newer version of lrs-soap" in failed("db", "upgrade", "--database", url)


@pytest.mark.parametrize(
    ("database", "code", "problem"),
    [
        ("nonsense", 2, "setting database: "),
        ("mysql://localhost/x", 2, "setting database: "),
        ("sqlite:////nowhere/at/all/register.db", 1, "there is no directory /nowhere/at/all"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", 1, "the database cannot be used: "),
    ],
)
def test_a_database_that_cannot_be_used(database: str, code: int, problem: str) -> None:
    said = failed("db", "status", "--database", database, code=code)
    assert said.startswith(f"Error: {problem}")
    assert said.count("\n") == 1
    assert "secret" not in said


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is not a database at all, but a text that is long enough" * 20)
    said = failed("organisation", "list", "--database", f"sqlite:///{tmp_path / 'text.db'}")
    assert said == "Error: the database cannot be used: file is not a database\n"


def test_an_organisation_is_added_with_a_password_from_standard_input(url: str) -> None:
    said = done(*COLLEGE, "--grant", "find", "--password-stdin", "--database", url, typed=f"{PASSWORD}\n")
    assert said == "Added Example College (10001234, ABC123), granted: find.\n"
    assert password_is(PASSWORD, organisation(url).password_hash)
    assert done("organisation", "list", "--database", url) == "10001234  ABC123  Active    Example College: find\n"


def test_an_organisation_is_added_with_a_password_from_the_environment(url: str) -> None:
    done(*COLLEGE, "--database", url, env={"LRS_SOAP_ORGANISATION_PASSWORD": PASSWORD})
    assert password_is(PASSWORD, organisation(url).password_hash)
    assert organisation(url).grants == frozenset()


def test_a_password_is_generated_and_shown_once(url: str) -> None:
    said = done(*COLLEGE, "--grant-all", "--generate", "--database", url)
    (shown,) = re.findall(r"Password, shown this once: (\w{16})\n", said)
    assert password_is(shown, organisation(url).password_hash)
    assert len(organisation(url).grants) == 8


def test_a_password_is_changed(url: str) -> None:
    done(*COLLEGE, "--generate", "--database", url)
    done("organisation", "password", "10001234", "--password-stdin", "--database", url, typed="another-password")
    assert password_is("another-password", organisation(url).password_hash)


def test_services_are_granted_and_revoked(url: str) -> None:
    done(*COLLEGE, "--generate", "--database", url)
    assert "find, learning events" in done(
        "organisation", "grant", "10001234", "find", "learning events", "--database", url
    )
    done("organisation", "grant", "10001234", "find", "--revoke", "--database", url)
    assert organisation(url).grants == {"learning events"}
    done("organisation", "grant", "10001234", "--all", "--database", url)
    assert len(organisation(url).grants) == 8


def test_an_organisation_is_set_up_as_an_awarding_one(url: str) -> None:
    done(*COLLEGE, "--grant", "achievements", "--awarding", "--generate", "--database", url)
    assert organisation(url).awarding
    listed = "10001234  ABC123  Active    Example College (awarding organisation): achievements\n"
    assert done("organisation", "list", "--database", url) == listed
    for _ in range(2):
        said = done("organisation", "awarding", "10001234", "--revoke", "--database", url)
        assert said == "Example College (10001234) is no longer an awarding organisation.\n"
        assert not organisation(url).awarding
    said = done("organisation", "awarding", "10001234", "--database", url)
    assert said == "Example College (10001234) is now an awarding organisation.\n"
    assert organisation(url).awarding
    assert organisation(url).grants == {"achievements"}


def test_an_organisation_is_no_awarding_one_unless_it_is_said(url: str) -> None:
    done(*COLLEGE, "--grant-all", "--generate", "--database", url)
    assert not organisation(url).awarding
    done("organisation", "awarding", "10001234", "--database", url)
    done("organisation", "password", "10001234", "--generate", "--database", url)
    assert organisation(url).awarding


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (("add", "123", "ABC123", "X", "--generate"), 2, "'123' should be 8 letters or digits"),
        (("add", "10001234", "ABC", "X", "--generate"), 2, "'ABC' should be 6 letters or digits"),
        (("add", "10001234", "ABC123", "", "--generate"), 2, "'' should be 1 to 254 characters"),
        (("add", "10001234", "ABC123", "X\x01", "--generate"), 2, "U+0001, which XML cannot carry"),
        (("add", "10001234", "ABC123", "X", "--grant", "all"), 2, "'all' is not one of"),
        (("add", "10001234", "ABC123", "X"), 2, "no password: give --password-stdin, --generate"),
        (("add", "10001234", "ABC123", "X", "--generate", "--password-stdin"), 2, "exclude each other"),
        (("add", "10001234", "ABC123", "X", "--password-stdin"), 1, "must have exactly 16 printable characters"),
        (("password", "10001234", "--generate"), 1, "there is no organisation with UKPRN 10001234"),
        (("awarding", "10001234"), 1, "there is no organisation with UKPRN 10001234"),
        (("awarding", "1000123"), 2, "'1000123' should be 8 letters or digits"),
        (("grant", "10001234", "find"), 1, "there is no organisation with UKPRN 10001234"),
        (("grant", "10001234"), 2, "name the services, or give --all"),
    ],
)
def test_what_is_wrong_with_an_organisation(args: tuple[str, ...], code: int, problem: str, url: str) -> None:
    assert problem in failed("organisation", *args, "--database", url, code=code, typed="short\n")


def test_an_organisation_is_added_once(url: str) -> None:
    done(*COLLEGE, "--generate", "--database", url)
    assert "belongs to an organisation already" in failed(*COLLEGE, "--generate", "--database", url)


def test_uln_check() -> None:
    assert done("uln", "check", "9276308686", "1026 893 096") == "9276308686 is valid\n1026893096 is valid\n"
    result = run("uln", "check", "9276308686", "9999999999", "12")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "9999999999 is not valid: the last digit of a ULN is a check digit, and this one is wrong",
        "12 is not valid: a ULN has 10 digits",
    ]


def test_uln_next_draws_different_valid_ulns(url: str) -> None:
    for _ in range(2):
        drawn = done("uln", "next", "--count", "700", "--database", url).split()
        assert len(set(drawn)) == 700
        assert all(map(uln.is_valid, drawn))
        done("db", "upgrade", "--database", url)


def test_settings_tells_value_source_and_meaning_of_each(tmp_path: Path) -> None:
    file = tmp_path / "lrs-soap.toml"
    file.write_text("workers = 3\nport = 1\ntimeout = 5\n")
    said = done("settings", "--config", str(file), "--port", "99", env={"LRS_SOAP_TIMEOUT": "7"})
    assert "port = 99  (option --port)\n    Port to listen on" in said
    assert "timeout = 7  (environment LRS_SOAP_TIMEOUT)\n" in said
    assert f"workers = 3  (file {file})\n" in said
    assert "host = '127.0.0.1'  (default)\n" in said
    assert all(f"\n{name} = " in f"\n{said}" for name in Settings.model_fields)


def test_settings_hides_the_database_password() -> None:
    said = done("settings", "--database", "postgresql://lrs:secret@db/register")
    assert "postgresql://lrs:***@db/register" in said
    assert "secret" not in said


def test_settings_hides_the_token_of_the_control_api() -> None:
    assert "control_token = '***'  (option --control-token)" in done("settings", "--control-token", "secret-token")
    assert "control_token = ''  (default)" in done("settings")


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--workers", "many"), "setting workers: "),
        (("--port", "70000"), "setting port: "),
        (("--operating-hours", "always"), "setting operating_hours: "),
        (("--forwarded-allow-ips", "localhost"), "setting forwarded_allow_ips: "),
    ],
)
def test_a_wrong_setting_is_named(args: tuple[str, ...], problem: str) -> None:
    assert failed("settings", *args, code=2).startswith(f"Error: {problem}")


def test_a_wrong_settings_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lrs-soap.toml"
    file.write_text("workers = = 3")
    assert f"Error: {file}: " in failed("settings", "--config", str(file), code=2)
    file.write_text("wrokers = 3")
    assert "wrokers" in failed("settings", "--config", str(file), code=2)


def test_what_stands_under_a_misspelt_setting_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "lrs-soap.toml"
    file.write_text('databse = "postgresql://lrs:secret@db/register"')
    said = failed("settings", "--config", str(file), code=2)
    assert "setting databse: " in said
    assert "secret" not in said
