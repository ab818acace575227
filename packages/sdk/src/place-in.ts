import { ownError } from "./api-error.ts";

/** How many bytes there are in all. Bytes from another place than asked for, appended to a file, would make one that looks whole. */
export function placeIn({ headers }: Response, start: number): { readonly total: number } {
  const part = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "");
  const from = part === null ? 0 : Number(part[1]);
  if (from !== start) {
    throw ownError({
      code: "range.unsatisfiable",
      message: `bytes from ${start} on were asked for, and the answer begins at ${from}`,
      hint: "Download it again from its beginning.",
    });
  }
  return { total: Number(part?.[2] ?? headers.get("content-length")) };
}
