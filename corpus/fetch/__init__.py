"""Connectors that fetch official documents on a machine with a network.

Written from public descriptions of the services (dossier, facts F-169 to F-186), not run against the live
services: ``corpus fetch --check`` tells what a service really answers.
"""
