"""All SQL of the service: tables, a store per aggregate, migrations."""
