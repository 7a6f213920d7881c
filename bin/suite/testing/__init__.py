"""What bin/test runs, stage by stage, and how it counts."""
