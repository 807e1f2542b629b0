// The end-to-end tests are being written.
