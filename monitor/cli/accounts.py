"""Commands about people who use the dashboard, what they did, and links for those without an account."""

import json
from datetime import datetime

import click

from monitor import COMMAND
from monitor.accounts import ROLES, SHOWS, Accounts, Person, Role, ShareRequest, role_of
from monitor.cli import DAY, Paths
from monitor.cli.wiring import accounts_of, campaign_of, console, trail_faults
from monitor.core.clock import stamp, utcnow

ADDRESS = click.option(
    "--address",
    default=lambda: campaign_of(click.get_current_context().obj).digest.address,
    show_default="that of the campaign file",
    help="The address at which people open the dashboard.",
)


@click.group()
def users() -> None:
    """Manage who can use the dashboard, and their roles."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.word for role in ROLES]), help="Default: viewer.")
@click.option(
    "--password", "ask", is_flag=True, help="Ask for the password here, instead of printing a link."
)
@ADDRESS
@click.pass_obj
def add(paths: Paths, name: str, role: str | None, ask: bool, address: str) -> None:
    """Add a person, and print a one-time link with which they choose a password.

    The first person is an admin.
    """
    accounts = accounts_of(paths)
    chosen = role_of(role) if role else Role.VIEWER if accounts.anyone() else Role.ADMIN
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    person = accounts.add(name, chosen, by=console(), now=utcnow(), password=password)
    click.echo(f"{person.name} now has an account, with the role {person.role.word}.", err=True)
    if not ask:
        print_link(accounts, person, address)


@users.command("list")
@click.pass_obj
def list_(paths: Paths) -> None:
    """List everyone with their role."""
    people = accounts_of(paths).people()
    if not people:
        click.echo(f"Nobody has an account yet. Create the first: {COMMAND} users add YOUR-NAME", err=True)
    for person in people:
        state = "switched off" if person.disabled else "" if person.has_password else "no password yet"
        code = "with a code from a phone" if person.two_steps else ""
        click.echo("\t".join([person.name, person.role.word, *filter(None, (state, code))]))


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice([role.word for role in ROLES]))
@click.pass_obj
def role(paths: Paths, name: str, role: str) -> None:
    """Change a person's role; they must sign in again to use it."""
    accounts = accounts_of(paths)
    person = accounts.person(name)
    accounts.set_role(person, role_of(role), by=console(), now=utcnow())
    click.echo(f"{person.name} now has the role {role}, and is signed out everywhere.", err=True)


@users.command()
@click.argument("name")
@click.pass_obj
def disable(paths: Paths, name: str) -> None:
    """Lock a person out at once; what they did stays."""
    accounts = accounts_of(paths)
    accounts.disable(accounts.person(name), by=console(), now=utcnow())
    click.echo(f"{name} is locked out. '{COMMAND} users enable' lets them in again.", err=True)


@users.command()
@click.argument("name")
@click.pass_obj
def enable(paths: Paths, name: str) -> None:
    """Let a person in again."""
    accounts = accounts_of(paths)
    accounts.enable(accounts.person(name), by=console(), now=utcnow())
    click.echo(f"{name} can sign in again.", err=True)


@users.command("reset-password")
@click.argument("name")
@click.option("--lost-phone", is_flag=True, help="Also stop asking for a code from the phone.")
@ADDRESS
@click.pass_obj
def reset_password(paths: Paths, name: str, lost_phone: bool, address: str) -> None:
    """Print a one-time link with which a person chooses a new password."""
    accounts = accounts_of(paths)
    person = accounts.person(name)
    if lost_phone:
        accounts.switch_off(person, by=console(), now=utcnow())
    print_link(accounts, person, address)


@users.command("setup-link")
@ADDRESS
@click.pass_obj
def setup_link(paths: Paths, address: str) -> None:
    """Print a one-time link that creates the first account."""
    print_link(accounts_of(paths), None, address)


@users.command("sign-out")
@click.argument("name", required=False)
@click.option("--everyone", is_flag=True, help="Sign everyone out.")
@click.pass_obj
def sign_out(paths: Paths, name: str | None, everyone: bool) -> None:
    """Sign a person out on all their devices, or everyone."""
    if everyone == bool(name):
        raise click.UsageError("Name a person, or use --everyone.")
    accounts = accounts_of(paths)
    people = [accounts.person(name)] if name else accounts.people()
    for person in people:
        accounts.end_all(person, by=console(), now=utcnow())
    click.echo(f"{'Everyone' if everyone else name} is signed out.", err=True)


@click.group()
def share() -> None:
    """Create and end links that let people without an account read one page."""


@share.command("add")
@click.argument("name")
@click.option("--shows", type=click.Choice(list(SHOWS)), default="overview", show_default=True)
@click.option("--days", type=int, default=30, show_default=True, help="How long the link works.")
@click.option("--asked", "query", default="", help="Which days, as in the page's address: period=week")
@click.option("--texts", is_flag=True, help="Include the text of posts.")
@click.option("--handles", is_flag=True, help="Include the names of those who posted.")
@click.option("--site", "sites", multiple=True, help="A site that may embed it; can be repeated.")
@ADDRESS
@click.pass_obj
def add_share(paths: Paths, /, address: str, **options: object) -> None:
    """Print a new link that shows a page or a chart to anyone who has it."""
    request = ShareRequest(**options)  # type: ignore[arg-type]  # click has checked them
    slug = accounts_of(paths).share(request, by=console(), now=utcnow())
    click.echo(f"This link works for {request.days} days. It is not shown again:", err=True)
    click.echo(f"{address.rstrip('/')}/s/{slug}")


@share.command("list")
@click.pass_obj
def list_shares(paths: Paths) -> None:
    """List all links by number. Their addresses are not kept."""
    now, zone = utcnow(), campaign_of(paths).zone
    for link in accounts_of(paths).shares():
        ends = f"until {link.expires_at.astimezone(zone):%-d %B %Y, %H:%M}" if link.works(now) else "ended"
        click.echo(f"{link.id}\t{link.name}\t{link.shows}\t{ends}\tby {link.made_by}")


@share.command("revoke")
@click.argument("number", type=int)
@click.pass_obj
def revoke(paths: Paths, number: int) -> None:
    """End a link now; 'share list' shows its number."""
    link = accounts_of(paths).revoke(number, by=console(), now=utcnow())
    click.echo(f"The link {link.name!r} no longer works.", err=True)


@click.command()
@click.option(
    "--check", is_flag=True, help="Check that no line was changed or removed. Exits with 1 if one was."
)
@click.option("--since", type=DAY, help="Only lines from this day on.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per line.")
@click.pass_obj
def trail(paths: Paths, check: bool, since: datetime | None, as_json: bool) -> None:
    """List who did what on the dashboard and at the console, the oldest first."""
    if check:
        if faults := trail_faults(paths, campaign_of(paths)):
            click.echo("\n".join(faults))
            raise click.exceptions.Exit(1)
        click.echo("No line was changed, added, moved or removed since it was written.", err=True)
        return
    start = since and since.replace(tzinfo=campaign_of(paths).zone)
    for line in reversed(accounts_of(paths).trail(since=start)):
        row = {"at": stamp(line.at), "who": line.who, "what": line.what}
        click.echo(json.dumps(row) if as_json else "\t".join(row.values()))


def print_link(accounts: Accounts, person: Person | None, address: str) -> None:
    token = accounts.invite(person, by=console(), now=utcnow())
    whom = f"Send {person.name} this link" if person else "Open this link to create the first account"
    click.echo(f"{whom}. It works once, for 24 hours:", err=True)
    click.echo(f"{address.rstrip('/')}/set-up/{token}")
