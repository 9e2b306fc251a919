"""Dashboards, reports, exports."""
