// Made by make scripts from static/src.
