import { readFileSync } from "node:fs";
import { type Comment, parseSync } from "oxc-parser";

/** One thing that stands against the style of the house, at one place. */
export interface Finding {
  readonly line: number;
  readonly rule: string;
  readonly why: string;
}

/** A node of the syntax tree: its type and its place; the rest is read with `child` and `children`. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceFile {
  /** From the workspace's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
  readonly isTest: boolean;
  /** What only tests use, in a package's `testing` folder: a specimen is one long list of what breaks people. */
  readonly isSpecimen: boolean;
  lineAt(offset: number): number;
}

/** Tests and the suites that others run (`conformance`) are built of describe blocks, which no size budget fits. */
const TEST_PATH = /\.test\.tsx?$|\/conformance(\.ts$|\/)|\/test\//;

export function readSourceFile(path: string, text = readFileSync(path, "utf8")): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  const [broken] = errors;
  if (broken !== undefined) throw new Error(`${path} cannot be parsed: ${broken.message}`);
  const lines = text.replace(/\n$/, "").split("\n");
  const starts = lineStarts(text);
  const root: unknown = program;
  if (!isNode(root)) throw new Error(`${path} has no program`);
  return {
    path,
    text,
    lines,
    program: root,
    comments,
    isTest: TEST_PATH.test(path),
    isSpecimen: /\/testing\//.test(path),
    lineAt: (offset) => lineOf(starts, offset),
  };
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The nodes directly below one, in the order of the source. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** Rules ask for the whole of one program again and again. */
const WALKED = new WeakMap<SyntaxNode, readonly SyntaxNode[]>();

/** The node and everything below it, in the order of the source. */
export function everyNode(node: SyntaxNode): readonly SyntaxNode[] {
  const known = WALKED.get(node);
  if (known !== undefined) return known;
  const all: SyntaxNode[] = [];
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    all.push(next);
    left.push(...childrenOf(next).toReversed());
  }
  WALKED.set(node, all);
  return all;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
