"""The rows of the siting room."""

from sites.models.run import Candidate, Report, Run, RunPart
from sites.models.second_opinion import SecondOpinion
from sites.models.study import Study

__all__ = ["Candidate", "Report", "Run", "RunPart", "SecondOpinion", "Study"]
