#pragma once
// capabilities(7) and prctl(2): variadic, or without a function in the C library.
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/// prctl(2) with one argument. -1 and errno on failure.
static inline int wanctl_prctl(int option, unsigned long argument) {
  return prctl(option, argument, 0L, 0L, 0L);
}

/// The capabilities of this thread, bit N for capability N. -1 and errno on failure.
static inline int wanctl_capabilities(uint64_t *permitted, uint64_t *effective) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  *effective = data[0].effective | (uint64_t)data[1].effective << 32;
  return 0;
}

/// Makes `capabilities` the permitted and effective ones of this thread and of the threads that it
/// starts. -1 and errno on failure.
static inline int wanctl_set_capabilities(uint64_t capabilities) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  for (int i = 0; i < 2; i++) {
    uint32_t half = (uint32_t)(capabilities >> 32 * i);
    data[i].permitted = data[i].effective = half;
  }
  return (int)syscall(SYS_capset, &header, data);
}

/// setrlimit(RLIMIT_CORE) to 0. -1 and errno on failure.
static inline int wanctl_forbid_core_files(void) {
  struct rlimit none = {0, 0};
  return setrlimit(RLIMIT_CORE, &none);
}
