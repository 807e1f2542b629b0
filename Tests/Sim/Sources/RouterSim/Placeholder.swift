// RouterSim is being written.
