#include "model/fold/folded.h"

#include "base/text.h"

/* Lowers `s` into `out`; false when it is not ASCII (then `out` is of no use). Branch-free, so it vectorises. */
static bool lower_ascii(struct str s, char *restrict out) {
  unsigned char all = 0;
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.p[i];
    all |= c;
    out[i] = (char)(c | (c >= 'A' && c <= 'Z' ? 0x20 : 0));
  }
  return all < 0x80;
}

struct str folded_text(struct folded *folded, struct str s) {
  buf_init(&folded->heap);
  if (s.len <= FOLDED_SHORT_MAX && lower_ascii(s, folded->lowered))
    return (struct str){folded->lowered, s.len};
  return text_folded(s, &folded->heap);
}

void folded_release(struct folded *folded) {
  buf_release(&folded->heap);
}
