"""How an installation is: what is well, what is worth a look, what is broken, and what to do about each.

`sim-record check` looks at the truth of what a record says; this looks at what it runs on. It builds nothing, asks
nothing over the network, and leaves nothing in the home.
"""

from scrapers.doctor.lines import Line as Line
from scrapers.doctor.report import examine as examine
