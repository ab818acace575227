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

/** As the container engines allow them. */
const Volume = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, "the name of a volume");

/** Files and folders of one server. A path is a unit, and so is the folder of a volume. */
export const FilesTarget = z
  .object({
    /** None only where volumes are named. */
    paths: z
      .array(Path)
      .max(50)
      .refine(
        (paths) => paths.every((path, at) => paths.every((other, to) => at === to || !isWithin(path, other))),
        "no path twice, and none inside another",
      )
      .default([]),
    /** Of the files below the paths only those that one of these patterns means, in the manner of gitignore. */
    include: PatternList.optional(),
    /** Neither files nor folders that one of these patterns means. */
    exclude: PatternList.optional(),
    /** Volumes of Docker or Podman by name. */
    volumes: z
      .array(Volume)
      .max(50)
      .refine((names) => new Set(names).size === names.length, "no volume twice")
      .optional(),
    /** What the containers that see the files do during a dump; they always go on after it. With "stop" or "pause" it is of one moment. */
    containers: z.enum(["run", "pause", "stop"]).optional(),
    /** After so long they go on even when the dump is not over; an hour when not given. */
    heldMinutes: z.int().min(1).max(720).optional(),
  })
  .refine(({ paths, volumes = [] }) => paths.length + volumes.length > 0, {
    path: ["paths"],
    message: "name at least one path or one volume",
  });
export type FilesTarget = z.infer<typeof FilesTarget>;
