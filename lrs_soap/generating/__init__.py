"""Invented learners in any number, the same for the same seed: like those of a country, and none of them real.

Names, dates of birth and postcodes are as frequent as their tables say; nothing is taken from any register.
"""

from lrs_soap.generating.population import MOST_LEARNERS, Population

__all__ = ["MOST_LEARNERS", "Population"]
