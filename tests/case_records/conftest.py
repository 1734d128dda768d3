from tests.reporting.acts import valley
from tests.threat_assessment.team import team

__all__ = ["team", "valley"]
