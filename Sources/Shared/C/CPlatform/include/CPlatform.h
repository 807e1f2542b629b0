#pragma once
// What Swift's Glibc module does not show (GNU-only functions, variadics, macros). No logic.

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include "Packets.h"
#include "Privileges.h"

/// Names the calling thread, for `top -H` and debuggers; at most 15 bytes.
static inline int wanctl_name_thread(const char *name) {
  extern int pthread_setname_np(pthread_t, const char *);
  return pthread_setname_np(pthread_self(), name);
}
