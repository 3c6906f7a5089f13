"""The tests: laws, units beside the package they prove, journeys, browser, benchmarks."""
