"""Laws: what holds for every file, route, item and page."""
