"""How an installation is: what is well, what is worth a look, what is broken, and what to do about each.

`sim-record check` looks at the truth of what a record says; this looks at what it runs on. Nothing is written, built or
asked over the network.
"""

from scrapers.doctor.lines import Line as Line
from scrapers.doctor.report import examine as examine
