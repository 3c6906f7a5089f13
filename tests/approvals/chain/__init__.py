"""Tests of approvals.chain."""
