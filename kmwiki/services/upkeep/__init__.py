"""Keeping a site: installation, settings, jobs, limits, backups, checks."""
