/* draw.h - numbers by chance that are the same every time: SplitMix64 (Steele, Lea, Flood 2014). For choosing, not for
 * secrets. */
#ifndef EMBUDO_CORE_SPEC_DRAW_H
#define EMBUDO_CORE_SPEC_DRAW_H

#include <stdint.h>

static inline uint64_t draw(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* 0 .. count - 1; count is above 0. */
static inline uint32_t draw_below(uint64_t *state, uint32_t count) {
  return (uint32_t)(draw(state) % count);
}

#endif
