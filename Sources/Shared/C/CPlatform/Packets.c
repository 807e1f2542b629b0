#include "Packets.h"

#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
// After the C library's own headers, whose structures it then leaves alone.
#include <linux/errqueue.h>

_Static_assert(sizeof(struct sockaddr_storage) == sizeof(((struct wanctl_packet_facts *)0)->address),
               "the size of an address");

static enum wanctl_packet_entry entry(uint8_t origin) {
  switch (origin) {
    case SO_EE_ORIGIN_ICMP:
    case SO_EE_ORIGIN_ICMP6:
      return WANCTL_ENTRY_ICMP;
    case SO_EE_ORIGIN_TIMESTAMPING:
      return WANCTL_ENTRY_TRANSMITTED;
    default:
      return WANCTL_ENTRY_OTHER;
  }
}

static void read_facts(struct msghdr *message, struct wanctl_packet_facts *facts) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPING) {
      // The first of three; the others are for hardware.
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
      facts->stamp_nanoseconds = stamp.tv_sec * INT64_C(1000000000) + stamp.tv_nsec;
    } else if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
               (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR)) {
      struct sock_extended_err error;
      memcpy(&error, CMSG_DATA(part), sizeof error);
      facts->entry = entry(error.ee_origin);
      facts->error_type = error.ee_type;
      facts->error_code = error.ee_code;
    }
  }
}

ssize_t wanctl_receive_packet(int fd, void *buffer, size_t size, int from_error_queue,
                              struct wanctl_packet_facts *facts) {
  union {
    char bytes[512];
    struct cmsghdr alignment;
  } control;
  struct iovec vector = {buffer, size};
  struct msghdr message;
  memset(facts, 0, sizeof *facts);
  memset(&message, 0, sizeof message);
  message.msg_name = facts->address;
  message.msg_namelen = sizeof facts->address;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t length = recvmsg(fd, &message, (from_error_queue ? MSG_ERRQUEUE : 0) | MSG_DONTWAIT);
  if (length < 0) return length;
  facts->is_cut = (message.msg_flags & MSG_TRUNC) != 0;
  read_facts(&message, facts);
  return length;
}

int wanctl_enable_timestamps(int fd, int transmit) {
  int flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
  if (transmit) flags |= SOF_TIMESTAMPING_TX_SOFTWARE;
  return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

int wanctl_pass_echo_replies(int fd, int is_v6) {
  if (is_v6) {
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  }
  struct icmp_filter filter = {~(1u << ICMP_ECHOREPLY)};
  return setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
}

int wanctl_pass_identifier(int fd, int is_v6, uint16_t identifier) {
  // The identifier stands 4 bytes into the ICMP message; over IPv4 the IP header comes before it.
  struct sock_filter over_ipv4[] = {
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_filter over_ipv6[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {sizeof over_ipv4 / sizeof *over_ipv4, over_ipv4};
  if (is_v6) program = (struct sock_fprog){sizeof over_ipv6 / sizeof *over_ipv6, over_ipv6};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int wanctl_handshake_rtt(int fd, uint32_t *microseconds, uint32_t *repeats) {
  struct tcp_info info;
  socklen_t length = sizeof info;
  memset(&info, 0, sizeof info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
  *microseconds = info.tcpi_rtt;
  *repeats = info.tcpi_total_retrans;
  return 0;
}
