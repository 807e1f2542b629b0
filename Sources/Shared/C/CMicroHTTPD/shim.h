#pragma once
#include <microhttpd.h>

// MHD_start_daemon and MHD_get_connection_info are variadic, which Swift cannot call, and kinds of
// values are flags that it imports without their names.

struct wanctl_mhd_limits {
  unsigned int connections;
  unsigned int connections_per_address;
  unsigned int idle_seconds;
  size_t request_bytes;
};

struct wanctl_mhd_callbacks {
  void *(*began)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_AccessHandlerCallback answer;
  MHD_RequestCompletedCallback ended;
  MHD_NotifyConnectionCallback connection;
};

// One thread of its own, epoll. The listening socket is the library's from here on, also on failure.
static inline struct MHD_Daemon *wanctl_mhd_start(
    int socket, struct wanctl_mhd_limits limits, struct wanctl_mhd_callbacks callbacks,
    void *context) {
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, callbacks.answer,
      context, MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT, limits.connections,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits.connections_per_address,
      MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      limits.request_bytes, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
      callbacks.began, context, MHD_OPTION_NOTIFY_COMPLETED, callbacks.ended, context,
      MHD_OPTION_NOTIFY_CONNECTION, callbacks.connection, context, MHD_OPTION_END);
}

static inline int wanctl_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline const char *wanctl_mhd_header(struct MHD_Connection *connection, const char *name) {
  return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}
