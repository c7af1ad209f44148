"""The web app: pages for people, and the server that also opens the doors for programs."""
