"""The application: wires the packages together, stores, schedules, serves."""
