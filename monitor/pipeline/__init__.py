"""The walk of a post: collect, judge, notify; and those who watch over the walk."""
