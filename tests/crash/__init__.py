"""The crash harness: whoever works on batches is killed at every commit, and nothing may be lost or done twice."""
