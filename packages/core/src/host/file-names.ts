/**
 * Names of files are bytes, not text. A byte that is no UTF-8 becomes a lone surrogate (U+DC80 to U+DCFF), which no UTF-8
 * text contains, so that a strange name can be shown, stored and given back to the same server unchanged.
 */
const FIRST_STRAY = 0xdc80;
const LAST_STRAY = 0xdcff;
const STRAY_OFFSET = 0xdc00;

/** Text of a name as a server wrote it. */
export function nameFromBytes(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (Buffer.from(text).equals(bytes)) return text;
  let name = "";
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    name += character ?? String.fromCharCode(STRAY_OFFSET + (bytes[at] ?? 0));
    at += character === undefined ? 1 : Buffer.byteLength(character);
  }
  return name;
}

/** The bytes that a name stands for on a server. */
export function bytesOfName(name: string): Buffer {
  const pieces = Array.from(name, (character) => {
    const unit = character.charCodeAt(0);
    const isStray = character.length === 1 && unit >= FIRST_STRAY && unit <= LAST_STRAY;
    return isStray ? Buffer.from([unit - STRAY_OFFSET]) : Buffer.from(character);
  });
  return Buffer.concat(pieces);
}

function characterAt(bytes: Buffer, at: number): string | undefined {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    const piece = bytes.subarray(at, at + length);
    const text = piece.toString("utf8");
    if (Buffer.from(text).equals(piece)) return text;
  }
  return undefined;
}
