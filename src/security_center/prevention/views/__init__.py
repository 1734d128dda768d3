"""Pages of plan and calendar."""
