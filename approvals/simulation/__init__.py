"""What if: projects in simulated time, through the chain and the clock of the real portal (pure)."""
