"""The command `iom`: the suite up and down, its state, its dead letters, its demonstration."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy import running
from deploy.say import Missing, say

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="iom", description="Individual educational routes: run the whole suite.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("up", help="start all services in the background, with their data kept in .local/")
    commands.add_parser("down", help="end them; the data stays")
    commands.add_parser("status", help="which services are ready; exit status 0 when all are")
    commands.add_parser("serve", help="the same as up, in the foreground")
    demo = commands.add_parser(
        "demo", help="a suite of its own, a sample region and one route walked to its certificate"
    )
    demo.add_argument("--once", action="store_true", help="end after the walk; exit status 0 only if every step held")
    demo.add_argument("--report", type=Path, metavar="FILE", help="write what happened as JSON")
    _dead(commands.add_parser("dead", help="messages a service could not digest"))
    return parser


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

        return demo(once=wanted.once, report=wanted.report)
    if wanted.command == "dead":
        from deploy.dead import dead

        return dead(wanted.action, wanted.service, wanted.id)
    return {"up": running.up, "down": running.down, "status": running.status, "serve": running.serve}[wanted.command]()


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
