"""An imaginary management information system: what it does with the Learning Records Service."""
