"""Reading batch files as streams, whatever they are written in."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from tqdm import tqdm

from lrs_soap.batch_files.csv_reading import read_csv
from lrs_soap.batch_files.naming import Form
from lrs_soap.batch_files.rows import Reading, Row
from lrs_soap.batch_files.xml_reading import read_xml

_READERS: Final[Mapping[Form, Callable[[IO[bytes], Reading], Iterator[Row]]]] = {
    Form.CSV: read_csv,
    Form.XML: read_xml,
}


def read(path: Path, form: Form, reading: Reading, *, show_progress: bool = False) -> Iterator[Row]:
    """Give the rows of a file one by one, with a progress bar when wanted. Raises UnreadableError and OSError."""
    size = path.stat().st_size
    with (
        path.open("rb") as raw,
        tqdm(total=size, desc="reading", unit="B", unit_scale=True, disable=not show_progress, leave=False) as bar,
    ):
        for row in _READERS[form](raw, reading):
            bar.update(raw.tell() - bar.n)
            yield row
