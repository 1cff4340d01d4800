"""`python -m monitor` is the same program as `shifen`."""

from monitor.cli import main

main()
