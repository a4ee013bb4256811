"""Bundles: published pages as a BagIt bag, and folders of foreign Markdown, as plain values in and out.

Here belongs what a bundle looks like, how it is written, and every check that needs nothing but the bundle
itself and the page types. No database, no accounts, no decision about what an import does with a page.
"""
