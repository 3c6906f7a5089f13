"""Tests of approvals.commands."""
