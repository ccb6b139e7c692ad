"""The commands of `lrs-soap`, one module per subject."""
