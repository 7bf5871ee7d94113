#include "model/ruleset/domain.h"

static struct str host_of(struct str text) {
  size_t start = 0, end;
  for (size_t i = 0; i + 2 < text.len && !start; i++)
    if (text.p[i] == ':' && text.p[i + 1] == '/' && text.p[i + 2] == '/') start = i + 3;
  for (end = start; end < text.len && !strchr("/?#", text.p[end]); end++)
    if (text.p[end] == '@') start = end + 1;
  struct str host = {text.p + start, end - start};
  for (size_t i = 0; i < host.len; i++)
    if (host.p[i] == ':') host.len = i;
  while (host.len && host.p[host.len - 1] == '.') host.len--;
  return host;
}

/* Letters of other scripts count: names are compared as they are written. */
static bool is_name(struct str host) {
  bool dot = false, number = true;
  for (size_t i = 0; i < host.len; i++) {
    unsigned char c = (unsigned char)host.p[i];
    bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c >= 0x80;
    if (c == '.' && (i == 0 || host.p[i - 1] == '.')) return false;
    if (c != '.' && !fine) return false;
    if (c == '.') number = true;
    dot = dot || c == '.';
    number = number && (c == '.' || (c >= '0' && c <= '9'));
  }
  return dot && !number;
}

bool domain_of(struct str written, char out[DOMAIN_MAX], struct str *domain) {
  struct str host = host_of(str_trim(written));
  if (host.len == 0 || host.len > DOMAIN_MAX) return false;
  for (size_t i = 0; i < host.len; i++)
    out[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] - 'A' + 'a' : host.p[i]);
  *domain = (struct str){out, host.len};
  if (str_starts(*domain, STR("www."))) *domain = (struct str){out + 4, host.len - 4};
  return is_name(*domain);
}

bool domain_covers(struct str company, struct str host) {
  if (host.len < company.len) return false;
  struct str tail = {host.p + host.len - company.len, company.len};
  return str_eq(tail, company) && (host.len == company.len || host.p[host.len - company.len - 1] == '.');
}
