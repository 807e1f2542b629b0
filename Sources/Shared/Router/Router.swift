// This layer is being written.
