#pragma once

/// How many times this thread has asked the C library for memory.
unsigned long allocation_count(void);
