"""Alerts: what cannot wait for Monday, told at once and seldom."""
