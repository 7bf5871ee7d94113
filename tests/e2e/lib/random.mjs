// Numbers that look random and are the same for the same seed (xorshift32).
export class Random {
  constructor(seed) {
    this.state = seed >>> 0 || 1;
  }

  next() {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.state = x >>> 0);
  }

  below(count) {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  happens(share) {
    return this.next() / 2 ** 32 < share;
  }
}
