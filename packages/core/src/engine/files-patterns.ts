import { z } from "zod";
import { Fault } from "../model/fault.ts";
import type { Rider } from "./engine.ts";

const LONGEST = 500;

/**
 * One pattern in the manner of gitignore, read from the top of each path: `*` and `?` stop at slashes, `**` does not, `?`, `[a-z]` and
 * `[!a-z]` are one byte; with a slash at the beginning or in the middle it is read from the top, else it is a name at any depth;
 * with a slash at the end it means folders only. What is in a folder that it means is meant too. No `!` and no `\`: what is to be kept
 * has a list of its own, and a strange byte can be written as `?`.
 */
const Pattern = z
  .string()
  .min(1)
  .max(LONGEST)
  .refine((pattern) => !/[\0\n\\]/.test(pattern), "no line end and no backslash; `?` stands for any byte")
  .refine((pattern) => !pattern.startsWith("!"), "no pattern that begins with !: name it in the other list")
  .refine((pattern) => /[^/]/.test(pattern) && !pattern.includes("//"), "a name or a path")
  .refine((pattern) => !/(^|\/)\.{1,2}(\/|$)/.test(pattern), "without . or .. as a part")
  .refine((pattern) => !/[[\]]/.test(pattern.replaceAll(BRACKET, "")), "every [ with its ]");

const BRACKET = /\[!?[^\][/]+\]/g;

export const PatternList = z.array(Pattern).max(100);

/** Which of the files below a path are taken. Folders are always taken, unless they are excluded: what is in them needs its place. */
export interface Patterns {
  /** Only files that one of these means; all when there are none. */
  readonly include: readonly string[];
  /** Neither files nor folders that one of these means. It wins. */
  readonly exclude: readonly string[];
}

const RIDER = "patterns.txt";
const Kept = z.object({ include: PatternList, exclude: PatternList });

/** Undefined when everything is taken. */
export function patternsOf(from: {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}): Patterns | undefined {
  const { include = [], exclude = [] } = from;
  return include.length + exclude.length === 0 ? undefined : { include, exclude };
}

/** The patterns ride beside the archive, one a line behind `include` or `exclude`: a restore must know what it does not hold. */
export function riderOf(patterns: Patterns | undefined): readonly Rider[] {
  if (patterns === undefined) return [];
  const lines = [
    ...patterns.include.map((pattern) => `include ${pattern}\n`),
    ...patterns.exclude.map((pattern) => `exclude ${pattern}\n`),
  ];
  return [{ name: RIDER, text: lines.join("") }];
}

/** @throws Fault `archive.damaged` */
export function patternsIn(riders: readonly Rider[]): Patterns | undefined {
  const rider = riders.find(({ name }) => name === RIDER);
  if (rider === undefined) return undefined;
  const lines = rider.text.split("\n");
  const behind = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const kept = Kept.safeParse({ include: behind("include"), exclude: behind("exclude") });
  if (kept.success) return kept.data;
  throw new Fault("archive.damaged", "the patterns beside the archive cannot be read", {
    hint: "Unpack the archive by hand: what it left out at the target would be lost.",
    cause: kept.error,
  });
}

/** For people: `exclude node_modules/, *.log`. */
export function described({ include, exclude }: Patterns): string {
  return [
    ...(include.length > 0 ? [`only ${include.join(", ")}`] : []),
    ...(exclude.length > 0 ? [`not ${exclude.join(", ")}`] : []),
  ].join(" and ");
}

const DIALECT = ["-regextype", "posix-basic"];

/** Words for GNU find, after its starting point: what is taken, devices too. Every word is free of line ends. */
export function taking(patterns: Patterns, root: string): readonly string[] {
  const { excluded, included } = compiled(patterns, root);
  return [
    ...DIALECT,
    ...(excluded.length > 0 ? ["(", ...excluded, ")", "-prune", "-o"] : []),
    ...(included.length > 0 ? ["(", "-type", "d", "-o", ...included, ")"] : []),
  ];
}

/** Words for GNU find, true for the uppermost of what is left out. */
export function leaving(patterns: Patterns, root: string): readonly string[] {
  const { excluded, included } = compiled(patterns, root);
  const pruned = excluded.length > 0 ? ["(", ...excluded, ")", "-prune"] : [];
  const others = included.length > 0 ? ["!", "-type", "d", "!", "(", ...included, ")"] : [];
  return [
    ...DIALECT,
    "(",
    ...pruned,
    ...(pruned.length > 0 && others.length > 0 ? ["-o"] : []),
    ...others,
    ")",
  ];
}

function compiled({ include, exclude }: Patterns, root: string) {
  const top = literal(root);
  const excluded = exclude.map((pattern) => [
    ...(pattern.endsWith("/") ? ["-type", "d"] : []),
    ...["-regex", `${top}/${expression(pattern)}`],
  ]);
  const included = include.map((pattern) => {
    const meant = `${top}/${expression(pattern)}`;
    const below = ["-regex", `${meant}/.*`];
    return pattern.endsWith("/") ? below : ["-regex", meant, "-o", ...below];
  });
  return { excluded: joined(excluded), included: joined(included) };
}

function joined(tests: readonly (readonly string[])[]): readonly string[] {
  return tests.flatMap((words, index) => (index === 0 ? words : ["-o", ...words]));
}

const ANY_FOLDERS = "\\(.*/\\)*";

/** A basic regular expression (POSIX), as `find -regex` reads it: for the whole path. */
function expression(pattern: string): string {
  const body = pattern.replace(/\/$/, "");
  const parts = body.replace(/^\//, "").split("/");
  const start = body.includes("/") ? "" : ANY_FOLDERS;
  return start + parts.map((part, at) => partExpression(part, at === parts.length - 1)).join("");
}

function partExpression(part: string, isLast: boolean): string {
  if (part === "**") return isLast ? ".*" : ANY_FOLDERS;
  const pieces = part.match(/\[!?[^\][/]+\]|\*+|[\s\S]/g) ?? [];
  return pieces.map(pieceExpression).join("") + (isLast ? "" : "/");
}

function pieceExpression(piece: string): string {
  if (piece.startsWith("*")) return "[^/]*";
  if (piece === "?") return "[^/]";
  if (piece.startsWith("[!")) return `[^/${piece.slice(2)}`;
  return piece.length > 1 && piece.startsWith("[") ? piece : literal(piece);
}

function literal(text: string): string {
  return text.replaceAll(/[.[\]\\*^$]/g, "\\$&");
}
