"""SOAP in, SOAP out: from bytes to the domain's commands and back."""
