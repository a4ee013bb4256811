"""What can be swapped: search, files, mail. Each is a small protocol with its implementations beside it.

A backend is given plain values and gives plain values. It must not know Flask, the database's models, rights
or workflow: whoever calls it decides what goes in and who may see what comes out.
"""
