"""The command line of `iom simulate`; light, for every `iom` reads it."""

import argparse
from collections.abc import Callable
from pathlib import Path

EXAMPLES = """
Teachers open routes or are nominated, are diagnosed, plan, are returned and agreed, reflect, adjust, are late, change
tutors and schools, are assessed, and get certificates or none: how often they do what is data, in
deploy/simulation/shares.json. Every fact is decided by the services' own code from a command at its simulated moment.
The same seed gives the same facts, whatever the number of workers; a wish that is refused unexpectedly, or granted
against a rule, fails the run, and so does a history that breaks one of the laws read from the facts afterwards.

  iom simulate                                      the whole region: 900 schools, 30,000 teachers, a year; minutes
  iom simulate --schools 9 --teachers 300 --seed 2  a small one, another fate
  iom simulate --report year.json                   the summary as JSON, with every count
  iom simulate --shares mine.json                   other habits
  iom simulate --into postgresql://…/iom_routes     fills an empty database of the routes service; IOM_MASTER_KEY is
                                                    the key of its personal texts
  iom simulate --through-api --schools 2 --teachers 12
                                                    the same lives over HTTP through the suite that `iom up` runs; the
                                                    days of a year do not pass there, so nothing is overdue

Without --into and --through-api nothing is written anywhere. Exit status 0 when there was no surprise and every law
holds.
"""


def arguments(parser: argparse.ArgumentParser, number: Callable[[str], int]) -> None:
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, EXAMPLES
    parser.description = "Tell a year of a region."
    parser.add_argument("--schools", type=int, default=900, metavar="N", help="how many (default 900)")
    parser.add_argument("--teachers", type=int, default=30_000, metavar="N", help="in all of them (default 30000)")
    parser.add_argument("--months", type=int, default=12, metavar="N", help="simulated time (default 12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="equal seeds give equal facts (default 1)")
    parser.add_argument("--shares", type=Path, metavar="FILE", help="who does what how often")
    parser.add_argument("--workers", type=number, default=2, metavar="N", help="processes at once (default 2)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the summary as JSON")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--into", default="", metavar="URL", help="an empty database of the routes service to fill")
    where.add_argument("--through-api", action="store_true", help="through the HTTP APIs of the running suite")
    parser.add_argument(
        "--concurrency", type=number, default=4, metavar="N", help="lives at once through the APIs (default 4)"
    )
