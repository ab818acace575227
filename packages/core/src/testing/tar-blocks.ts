export interface TarEntry {
  /** A folder when it ends with a slash and no kind is given. */
  readonly name: string;
  /** The ustar type flag: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder. */
  readonly kind?: string;
  readonly target?: string;
  readonly content?: string;
}

const BLOCK = 512;

/** A tar with whatever names and kinds a test wants, which no tar program would write. */
export function tarBlocks(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

function blocksOf({ name, kind, target = "", content = "" }: TarEntry): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  const body = Buffer.from(content);
  header.write(name, 0, 100);
  header.write("0000755\x000000000\x000000000\0", 100);
  header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("14000000000\0        ", 136);
  header.write(kind ?? (name.endsWith("/") ? "5" : "0"), 156);
  header.write(target, 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
}
