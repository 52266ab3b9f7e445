"""Floors: how many decisions it takes, as in the reports on judges of TRAC at Syracuse University.

https://trac.syr.edu/immigration/reports/judgefaq.html
"""

from __future__ import annotations

# No rate is worked out for fewer decisions.
RATES_FROM = 25
# Nobody is compared with the others on fewer decisions.
COMPARED_FROM = 100
