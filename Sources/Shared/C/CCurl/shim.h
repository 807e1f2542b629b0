#pragma once
#include <curl/curl.h>

// curl's setters and getters are variadic, which Swift cannot call: one typed line per kind.

static inline CURLcode wanctl_curl_set_long(CURL *easy, CURLoption option, long value) {
  return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode wanctl_curl_set_string(CURL *easy, CURLoption option, const char *value) {
  return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode wanctl_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode wanctl_curl_set_writer(CURL *easy, curl_write_callback value) {
  return (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, value);
}

static inline CURLcode wanctl_curl_set_reader(CURL *easy, curl_read_callback value) {
  return (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, value);
}

static inline CURLcode wanctl_curl_set_header_writer(CURL *easy, curl_write_callback value) {
  return (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, value);
}

static inline CURLcode wanctl_curl_get_socket(CURL *easy, curl_socket_t *value) {
  return (curl_easy_getinfo)(easy, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLcode wanctl_curl_get_long(CURL *easy, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode wanctl_curl_get_time(CURL *easy, CURLINFO info, curl_off_t *value) {
  return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode wanctl_curl_get_certificates(CURL *easy, struct curl_certinfo **value) {
  return (curl_easy_getinfo)(easy, CURLINFO_CERTINFO, value);
}

static inline CURLMcode wanctl_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return (curl_multi_setopt)(multi, option, value);
}

// The result of the only transfer of a multi handle; CURL_LAST while there is none.
static inline CURLcode wanctl_curl_multi_result(CURLM *multi) {
  int rest = 0;
  CURLMsg *message = curl_multi_info_read(multi, &rest);
  return message && message->msg == CURLMSG_DONE ? message->data.result : CURL_LAST;
}

static const long wanctl_curl_auth_basic = CURLAUTH_BASIC;
static const long wanctl_curl_http_1_1 = CURL_HTTP_VERSION_1_1;
static const long wanctl_curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
