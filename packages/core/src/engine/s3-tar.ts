const BLOCK = 512;
/** More than eleven octal digits can say goes into a record. Source: POSIX pax, "ustar Interchange Format". */
const LARGEST_OCTAL = 0o77777777777;
const NAME_BYTES = 100;

/** One entry of a tar before its bytes. */
export interface TarHead {
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Extended records, by full keyword. */
  readonly records: Readonly<Record<string, string>>;
}

/** Two empty blocks end a tar. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * Header blocks of an entry: extended records where there are any, then the plain header. No library that is alive writes records of the
 * whole archive, or tells a tar that was cut between two entries from a whole one: this format needs both. Source: POSIX pax.
 */
export function tarHead({ path, kind, bytes, modifiedAt, records }: TarHead): Buffer {
  const name = Buffer.from(path);
  const all: Record<string, string> = { ...records };
  if (name.length > NAME_BYTES || name.length !== path.length) all.path = path;
  if (bytes > LARGEST_OCTAL) all.size = String(bytes);
  const plain = ustar({ name, type: kind === "file" ? "0" : "5", bytes, modifiedAt });
  const body = paxBody(all);
  if (body.length === 0) return plain;
  const head = ustar({ name: PAX_NAME, type: "x", bytes: body.length, modifiedAt });
  return Buffer.concat([head, body, Buffer.alloc(paddingOf(body.length)), plain]);
}

/** A record of the whole archive: readers take it for a remark. */
export function tarRemark(text: string): Buffer {
  const body = paxBody({ comment: text });
  const head = ustar({ name: GLOBAL_NAME, type: "g", bytes: body.length, modifiedAt: new Date(0) });
  return Buffer.concat([head, body, Buffer.alloc(paddingOf(body.length))]);
}

/** Bytes that fill the last block of something of this size. */
export function paddingOf(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

const PAX_NAME = Buffer.from("././@PaxHeader");
const GLOBAL_NAME = Buffer.from("pax_global_header");

/** `<length> <keyword>=<value>\n`, where the length counts itself. */
function paxBody(records: Readonly<Record<string, string>>): Buffer {
  let text = "";
  for (const [keyword, value] of Object.entries(records)) {
    const rest = ` ${keyword}=${value}\n`;
    const bytes = Buffer.byteLength(rest);
    let length = bytes + String(bytes).length;
    if (bytes + String(length).length !== length) length = bytes + String(length).length;
    text += length + rest;
  }
  return Buffer.from(text);
}

interface Ustar {
  readonly name: Buffer;
  readonly type: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

function ustar({ name, type, bytes, modifiedAt }: Ustar): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, NAME_BYTES);
  block.write(type === "5" ? "0000755\0" : "0000644\0", 100, "latin1");
  block.write("0000000\x000000000\0", 108, "latin1");
  block.write(octal(bytes > LARGEST_OCTAL ? 0 : bytes), 124, "latin1");
  block.write(octal(Math.max(0, Math.floor(modifiedAt.getTime() / 1000))), 136, "latin1");
  block.write(`        ${type}`, 148, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function octal(value: number): string {
  return `${value.toString(8).padStart(11, "0")}\0`;
}
