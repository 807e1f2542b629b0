// The tests of this layer are being written.
