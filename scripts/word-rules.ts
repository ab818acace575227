import { everyNode, type Finding, type SourceFile, type SyntaxNode } from "./source-file.ts";

const HIDING_NAME =
  /(^|\/)(utils?|helpers?|common|misc|shared|types|manager|service|handler|constants)(\.tsx?$|\/)/;
const CHECKED = /checked: \S+/;

/** What switches the compiler off, and names that say nothing. */
export function wordFindings(file: SourceFile): Finding[] {
  const findings = [...commentFindings(file)];
  if (HIDING_NAME.test(file.path)) {
    findings.push({
      line: 1,
      rule: "file-name",
      why: "a folder is a noun of the domain and a file is named after its one export: this name hides what is inside",
    });
  }
  if (file.isTest) return findings;
  for (const node of everyNode(file.program)) {
    if (isCast(file, node) && !isJustified(file, node)) {
      findings.push({
        line: file.lineAt(node.start),
        rule: "cast",
        why: "`as` tells the compiler to believe instead of check: parse, narrow or use `satisfies`; where a check stands beside it, say so in a comment `// checked: how`",
      });
    }
  }
  return findings;
}

function commentFindings(file: SourceFile): Finding[] {
  return file.comments
    .filter(
      (comment) => /^\s*@ts-(ignore|nocheck)\b/.test(comment.value) || isLaxExpectError(file, comment.value),
    )
    .map((comment) => ({
      line: file.lineAt(comment.start),
      rule: "types-off",
      why: "types switched off here stay off for every later change too: change the type that is wrong instead",
    }));
}

/** In a test `@ts-expect-error` is a claim about types; elsewhere it is a hole. */
function isLaxExpectError(file: SourceFile, comment: string): boolean {
  return !file.isTest && /^\s*@ts-expect-error\b/.test(comment);
}

function isCast(file: SourceFile, node: SyntaxNode): boolean {
  if (node.type === "TSTypeAssertion") return true;
  if (node.type !== "TSAsExpression") return false;
  return file.text.slice(node.end - "const".length, node.end) !== "const";
}

function isJustified(file: SourceFile, node: SyntaxNode): boolean {
  const first = file.lineAt(node.start);
  const last = file.lineAt(node.end);
  return file.lines.slice(Math.max(0, first - 2), last).some((line) => CHECKED.test(line));
}
