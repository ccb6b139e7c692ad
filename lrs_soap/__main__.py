"""`python -m lrs_soap` is the same as `lrs-soap`."""

from lrs_soap.cli import main

if __name__ == "__main__":
    main()
