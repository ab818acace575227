import { z } from "zod";
import { PatternList } from "./files-patterns.ts";

/** Absolute, without `.`, `..`, empty parts or a slash at the end; any byte that a file name may have. */
export function isPlainPath(path: string): boolean {
  if (!path.startsWith("/") || path.includes("\0") || Buffer.byteLength(path) > 4096) return false;
  return path
    .slice(1)
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");
}

/** Whether one path is, or lies in, another. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const Path = z
  .string()
  .transform((path) => path.replace(/(?<=[^/])\/+$/, ""))
  .refine(isPlainPath, "an absolute path below /, without . or ..");

/** Files and folders of one server. A path is a unit. */
export const FilesTarget = z.object({
  paths: z
    .array(Path)
    .min(1)
    .max(50)
    .refine(
      (paths) => paths.every((path, at) => paths.every((other, to) => at === to || !isWithin(path, other))),
      "no path twice, and none inside another",
    ),
  /** Of the files below the paths only those that one of these patterns means, in the manner of gitignore. */
  include: PatternList.optional(),
  /** Neither files nor folders that one of these patterns means. */
  exclude: PatternList.optional(),
});
export type FilesTarget = z.infer<typeof FilesTarget>;
