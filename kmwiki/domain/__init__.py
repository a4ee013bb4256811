"""The rules of kmwiki as plain values in, plain values out: types, fields, checks, merge, comparison, bundle.

Here belongs what would be true of the wiki without a server. No Flask, no tables, no index, no clock and no
disk (loaders read the folders that they are given).
"""
