"""DATA of `kmwiki demo`: two unzipped bundles (published with its history; waiting for review), topics, and the
reason with which one change goes back to its author. All of it is illustrative. No code.
"""
