"""Tests of approvals.certificates."""
