#ifndef MARTLET_CCURL_SHIM_H
#define MARTLET_CCURL_SHIM_H
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <sys/socket.h>

// Swift cannot call variadic functions: one wrapper for each type of argument.

typedef size_t (*martlet_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*martlet_socket_callback)(CURL *easy, curl_socket_t socket, int what, void *context, void *attached);
typedef int (*martlet_timer_callback)(CURLM *multi, long milliseconds, void *context);

static inline CURLcode martlet_easy_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_easy_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_easy_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_easy_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_easy_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_easy_data_callback(CURL *easy, CURLoption option, martlet_data_callback value) {
  return curl_easy_setopt(easy, option, value);
}
// Connections are not to be inherited by processes that the program starts: such a process would keep them open.
static inline curl_socket_t martlet_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)context;
  (void)purpose;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline CURLcode martlet_easy_close_on_exec(CURL *easy) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, martlet_open_socket);
}
// The bytes are copied.
static inline CURLcode martlet_easy_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(easy, option, &blob);
}
static inline CURLMcode martlet_multi_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode martlet_multi_pointer(CURLM *multi, CURLMoption option, void *value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode martlet_multi_socket_callback(CURLM *multi, martlet_socket_callback value) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}
static inline CURLMcode martlet_multi_timer_callback(CURLM *multi, martlet_timer_callback value) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}
static inline CURLcode martlet_info_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode martlet_info_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode martlet_info_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}
// A union member, which Swift does not import.
static inline CURLcode martlet_message_result(const CURLMsg *message) { return message->data.result; }
#endif
