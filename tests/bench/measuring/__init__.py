"""What tests/bench/run measures with: the services, their peers, CPU time and the table."""
