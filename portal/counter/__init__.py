"""The counter (综合窗口): what a clerk does for somebody who is present."""
