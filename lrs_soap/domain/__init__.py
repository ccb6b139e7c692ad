"""The rules of the Learner Register: no XML, no SQL, no HTTP, and no clock but the one handed in."""
