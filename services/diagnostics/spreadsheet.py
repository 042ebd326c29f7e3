"""The table of results from elsewhere: what is read of it at the most, and the refusals that say what to do instead."""

from typing import Final

from shared.domain import Refusal
from shared.spreadsheet import UTF_16, Limits, Reason, Row, TableError
from shared.spreadsheet import read_table as read

MOST_ROWS: Final = 2_000  # below the heading
MOST_CELL: Final = 500  # characters that a cell may mean something with; a longer one is a flaw of its row
LIMITS: Final = Limits(rows=MOST_ROWS, columns=40, cell=131_072, files=200, unpacked=8_000_000)

Table = list[Row]


class UnreadableFile(Refusal):
    """The file is neither an XLSX workbook nor a CSV table in UTF-8 or windows-1251."""

    clause = "2.8.1"


class OldExcelFile(Refusal):
    """The file is an XLS workbook of before 2007, which is not read."""

    clause = "2.8.1"


class FileTooBig(Refusal):
    """The table has more rows or columns, or unpacks to more bytes, than are read at once."""

    clause = "2.8.1"


class EmptyFile(Refusal):
    """The file has no rows below its heading."""

    clause = "2.8.1"


REFUSALS: Final[dict[Reason, type[Refusal]]] = {
    Reason.OLD_EXCEL: OldExcelFile,
    Reason.TOO_MUCH: FileTooBig,
    Reason.TOO_MANY_ROWS: FileTooBig,
    Reason.TOO_MANY_COLUMNS: FileTooBig,
}


def read_table(data: bytes) -> Table:
    """The heading and every row that is not empty; raises one of the refusals above."""
    if data.startswith(UTF_16):  # not among what is promised
        raise UnreadableFile
    try:
        table = read(data, LIMITS)
    except TableError as error:
        raise REFUSALS.get(error.reason, UnreadableFile) from error
    if len(table) < 2:
        raise EmptyFile
    return table
