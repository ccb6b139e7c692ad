"""The contract as files, and the code that publishes it and holds requests against it."""
