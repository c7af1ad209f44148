"""The doors for programs: JSON API, OpenAI-compatible endpoint, MCP, limits and logs."""
