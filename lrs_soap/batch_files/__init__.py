"""Batch files: learners to register, as CSV or XML; checked while they are read, written with what became of each."""

from lrs_soap.batch_files.checking import Check
from lrs_soap.batch_files.naming import Form
from lrs_soap.batch_files.problems import FileRefusedError
from lrs_soap.batch_files.writing import output_name, output_pieces

__all__ = ["Check", "FileRefusedError", "Form", "output_name", "output_pieces"]
