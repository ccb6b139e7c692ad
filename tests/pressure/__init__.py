"""What callers see when there are too many of them, when the database is away, and when a clock goes backwards."""
