"""The command `iom`: the suite up and down, its state, imports, dead letters, read models, its demonstration."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy import running
from deploy.say import Missing, say
from deploy.simulation import options

DEAD_EXAMPLES = """
A message dies when its service cannot read it, when handling it fails again and again, or when it kills its reader
twenty times. It waits in <service>.dead until somebody has looked; nothing there is lost.

  iom dead list                              how many lie in each service's dead-letter queue
  iom dead list certificates                 one line for each: id, contract, subject, reason, time
  iom dead show certificates --id ID         the whole message, and why it died
  iom dead replay certificates --id ID       once the cause is gone: put it back into the service's inbox
  iom dead replay certificates               all of them

A replayed message goes to this service alone, and has its effect once, even if it is replayed twice.
The broker is the one of the suite that `iom up` runs; IOM_BROKER_URL names another. With containers:
  docker compose exec certificates iom dead list
"""

REBUILD_EXAMPLES = """
Everything a service's lists show is folded from its facts. A rebuild folds them all again into new tables beside the
old ones, catches up with what was written meanwhile, and puts the new ones in the old ones' place. The service goes on;
its writers wait for a moment at the end. Killed half-way, it changes nothing, and the next run clears what was left.

  iom rebuild routes                 after a view was changed, or when `iom reconcile routes` names differences
  iom rebuild routes --workers 4     on a machine with cores to spare

The database is that of the suite that `iom up` runs; IOM_OWNER_URL and IOM_MASTER_KEY name another. With containers:
  docker compose exec routes iom rebuild routes
"""

IMPORT_EXAMPLES = """
Schools and staff come from a table (XLSX or CSV by the template) or from a zip of OneRoster 1.2. The whole file is
checked first; a file with a bad row is not imported at all, and every bad row is printed with its column. The same file
may be imported again: what is there already is passed over, a changed row becomes a change, and an import that was
broken off is completed. Who is imported gets a letter to set a password; nobody is removed.

  iom import --template staff.xlsx    the form to fill in, with examples (or .csv)
  iom import staff.xlsx --check       only check
  iom import staff.xlsx               check and import
  iom import roster.zip --no-letters  invitations are not issued; schools send them one by one

People is that of the suite that `iom up` runs; IOM_PEOPLE_URL, IOM_ADMIN_EMAIL and IOM_ADMIN_PASSWORD name another.
"""

REPUBLISH_EXAMPLES = """
For a broker that has lost what it kept. Declares every queue and lets the service's relay begin again with its first
promise, at its next start. The service must not run, or newer promises overtake older ones; docs/broker.md tells the
order of steps. Readers know by the ids what they have heard, so nothing has its effect twice.

  docker compose run --rm routes iom republish routes
  iom up --republish                 all services of the suite that `iom up` runs

The database is named by IOM_OWNER_URL or IOM_DATABASE_URL, the broker by IOM_BROKER_URL.
"""

RECONCILE_EXAMPLES = """
Folds all facts of a service anew and compares what they say with every row of its read models, at one moment, while the
service goes on. Each row that differs is one line; exit status 1 when there is any.

  iom reconcile routes               missing, surplus and changed rows, with the values that differ
  iom reconcile routes >differences  only they: progress goes to stderr
  iom rebuild routes                 mends them

The database is that of the suite that `iom up` runs; IOM_OWNER_URL and IOM_MASTER_KEY name another. With containers:
  docker compose exec routes iom reconcile routes
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="iom", description="Individual educational routes: run the whole suite.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start all services in the background, with their data kept in .local/")
    commands.add_parser("down", help="end them; the data stays")
    commands.add_parser("status", help="which services are ready; exit status 0 when all are")
    serve = commands.add_parser("serve", help="the same as up, in the foreground")
    for one in (up, serve):
        one.add_argument("--republish", action="store_true", help="send every promise again, to a broker made anew")
    demo = commands.add_parser(
        "demo", help="a suite of its own, a sample region and one route walked to its certificate"
    )
    demo.add_argument("--once", action="store_true", help="end after the walk; exit status 0 only if every step held")
    demo.add_argument("--report", type=Path, metavar="FILE", help="write what happened as JSON")
    demo.add_argument(
        "--lives", type=_some, default=0, metavar="N", help="so many other teachers live a simulated year behind it"
    )
    _import(commands.add_parser("import", help="schools and staff from a file: XLSX, CSV or OneRoster 1.2"))
    _dead(commands.add_parser("dead", help="messages a service could not digest"))
    _of_a_service(
        commands.add_parser("rebuild", help="make a service's read models anew from its facts"), REBUILD_EXAMPLES
    )
    commands.choices["rebuild"].add_argument(
        "--workers", type=_some, default=2, metavar="N", help="processes that fold at once (default 2)"
    )
    _of_a_service(
        commands.add_parser("reconcile", help="compare a service's read models with its facts"), RECONCILE_EXAMPLES
    )
    simulation = commands.add_parser("simulate", help="a year of a region: lives decided, counted and checked")
    options.arguments(simulation, _some)
    again = commands.add_parser("republish", help="send a service's promises again, to a broker that has lost them")
    _of_a_service(again, REPUBLISH_EXAMPLES)
    again.add_argument("--after", type=int, default=0, metavar="N", help="only those behind position N of its log")
    return parser


def _of_a_service(parser: argparse.ArgumentParser, examples: str) -> None:
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, examples
    parser.add_argument("service", help="whose: routes, people, diagnostics, certificates or notifications")


def _import(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, IMPORT_EXAMPLES
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help="the file to import")
    what.add_argument("--template", type=Path, metavar="FILE", help="write the form to fill in, .xlsx or .csv")
    parser.add_argument("--check", action="store_true", help="only check the file; nothing is written")
    parser.add_argument("--no-letters", action="store_true", help="do not invite who is registered by it")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the bad rows as JSON")


def _some(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("must be a number from 1 to 64")
    return int(text)


def _dead(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = "Messages a service could not digest.", DEAD_EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, about in (
        ("list", "how many lie in each service's dead-letter queue, or one line for each of a service's"),
        ("show", "messages in full, with the reason"),
        ("replay", "put them back into the service's inbox"),
    ):
        one = actions.add_parser(action, help=about, description=about[0].upper() + about[1:] + ".")
        one.add_argument("service", nargs="?" if action == "list" else None, help="whose: certificates, routes, …")
        one.add_argument("--id", help="only the message with this id")


def _run(wanted: argparse.Namespace) -> int:
    if wanted.command == "demo":
        from deploy.demo.command import demo  # it loads the HTTP client and the terminal's painter

        return demo(once=wanted.once, report=wanted.report, lives=wanted.lives)
    if wanted.command == "import":
        from deploy.importing import import_file, write_template

        if wanted.template:
            return write_template(wanted.template)
        return import_file(wanted.file, letters=not wanted.no_letters, check=wanted.check, report=wanted.report)
    if wanted.command == "dead":
        from deploy.dead import dead

        return dead(wanted.action, wanted.service, wanted.id)
    if wanted.command in ("rebuild", "reconcile"):
        from deploy import rebuild

        if wanted.command == "reconcile":
            return rebuild.reconcile_service(wanted.service)
        return rebuild.rebuild_service(wanted.service, wanted.workers)
    if wanted.command == "simulate":
        from deploy.simulation.command import simulate

        return simulate(wanted)
    if wanted.command == "republish":
        from deploy.republish import republish_service

        return republish_service(wanted.service, wanted.after)
    if wanted.command in ("up", "serve"):
        return {"up": running.up, "serve": running.serve}[wanted.command](wanted.republish)
    return {"down": running.down, "status": running.status}[wanted.command]()


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _parser().parse_args(arguments)
    try:
        return _run(wanted)
    except (Missing, PermissionError) as error:
        say(f"iom: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
