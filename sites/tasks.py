"""What workers do for the siting room."""

from heatmap.choices import JobKind
from heatmap.services import queue
from sites.services import reports, scoring, second_opinions

queue.works_on(JobKind.RUN, scoring.execute)
queue.works_on(JobKind.REPORT, reports.execute)
queue.works_on(JobKind.VERIFY, second_opinions.execute)
