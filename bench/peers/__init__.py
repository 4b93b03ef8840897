"""What compare_peers.py is made of: other simulators behind one interface, each in a process of its own."""
