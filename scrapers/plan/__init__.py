"""Which searches run how often, how late a complaint can be found at worst, and what to change."""
