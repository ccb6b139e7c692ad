"""`python -m lrs_client` is the command `lrs-client`."""

from lrs_client.cli import main

main()
