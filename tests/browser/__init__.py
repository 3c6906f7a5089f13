"""Tests in Chromium: journeys of people, and every page for everyone."""
