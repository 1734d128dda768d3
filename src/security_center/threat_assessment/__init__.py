"""Cases: sources, interviews, the thirteen themes, the team's judgement, law-enforcement decisions,
management plans, reviews, closure."""
