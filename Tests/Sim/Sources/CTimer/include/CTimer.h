// timerfd is not part of Swift's Glibc module.
#pragma once

// A timer on CLOCK_MONOTONIC, closed on exec; -1 with errno on failure.
int monotonic_timer(void);

// Sets the timer to expire once at a time in nanoseconds; -1 with errno on failure.
int set_monotonic_timer(int descriptor, long long nanoseconds);
