/** CRC-64 of ECMA-182, reflected (as Go's hash/crc64): what mongodump writes behind each collection. In halves: no BigInt per byte. */
const LOW = new Uint32Array(256);
const HIGH = new Uint32Array(256);

const POLYNOMIAL_LOW = 0xd7870f42;
const POLYNOMIAL_HIGH = 0xc96c5795;

for (let index = 0; index < 256; index += 1) {
  let low = index;
  let high = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    const isOdd = (low & 1) === 1;
    low = (low >>> 1) | ((high & 1) << 31);
    high >>>= 1;
    if (isOdd) {
      low ^= POLYNOMIAL_LOW;
      high ^= POLYNOMIAL_HIGH;
    }
  }
  LOW[index] = low;
  HIGH[index] = high;
}

export class Crc64 {
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < bytes.length; at += 1) {
      const index = (low ^ (bytes[at] ?? 0)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (LOW[index] ?? 0);
      high = (high >>> 8) ^ (HIGH[index] ?? 0);
    }
    this.#low = low;
    this.#high = high;
  }

  /** As the signed 64-bit integer that BSON keeps. */
  value(): bigint {
    const high = BigInt(~this.#high >>> 0);
    return BigInt.asIntN(64, (high << 32n) | BigInt(~this.#low >>> 0));
  }
}
