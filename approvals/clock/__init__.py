"""The clock: how many days the law still leaves, counted on the official calendar (pure)."""
