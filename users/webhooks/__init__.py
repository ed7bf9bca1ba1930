"""Calling partners at their own addresses: which addresses may be called, and how (Standard Webhooks)."""
