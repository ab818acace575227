import {
  childrenOf,
  everyNode,
  type Finding,
  isNode,
  type SourceFile,
  type SyntaxNode,
} from "./source-file.ts";

const BUDGET = { file: 250, testFile: 400, function: 40, component: 100, depth: 3, parameters: 3 } as const;

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const NESTING = new Set([
  "IfStatement",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "SwitchStatement",
  "TryStatement",
]);
const SUITE_CALLS = new Set(["describe", "test", "it", "beforeAll", "beforeEach", "afterAll", "afterEach"]);

/** How much a reader must hold in the head at once: lines of a file and of a function, depth, parameters. */
export function sizeFindings(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const fileBudget = file.isTest || file.isSpecimen ? BUDGET.testFile : BUDGET.file;
  if (file.lines.length > fileBudget) {
    findings.push({
      line: fileBudget + 1,
      rule: "file-length",
      why: `${file.lines.length} lines of at most ${fileBudget}: a file is one noun of the domain, read in one sitting; give the second noun its own`,
    });
  }
  for (const node of everyNode(file.program)) {
    if (FUNCTIONS.has(node.type)) findings.push(...functionFindings(file, node));
  }
  return findings;
}

function functionFindings(file: SourceFile, node: SyntaxNode): Finding[] {
  const line = file.lineAt(node.start);
  const findings: Finding[] = [];
  const length = file.lineAt(node.end) - line + 1;
  const budget = hasMarkup(node) ? BUDGET.component : BUDGET.function;
  if (length > budget && !file.isSpecimen && !(file.isTest && hasSuiteCall(file, node))) {
    findings.push({
      line,
      rule: "function-length",
      why: `${length} lines of at most ${budget}: tell the story in named steps, so that a tired reader can check each`,
    });
  }
  // What is handed over as a value takes what its caller gives it.
  const isCallback = node.type !== "FunctionDeclaration" && !isNamed(file, node);
  const parameters = Array.isArray(node.params) && !isCallback ? node.params.length : 0;
  if (parameters > BUDGET.parameters) {
    findings.push({
      line,
      rule: "parameters",
      why: `${parameters} parameters of at most ${BUDGET.parameters}: pass one object, so that callers name what they hand over`,
    });
  }
  const deep = deepest(node.body, 0);
  if (deep !== undefined) {
    findings.push({
      line: file.lineAt(deep.start),
      rule: "depth",
      why: `nested deeper than ${BUDGET.depth}: return early or name the inner part, nobody can hold so many conditions`,
    });
  }
  return findings;
}

/** `const name = (…) => …`: a function by another spelling. */
function isNamed(file: SourceFile, node: SyntaxNode): boolean {
  return everyNode(file.program).some((above) => above.type === "VariableDeclarator" && above.init === node);
}

/** The first statement nested below the budget; functions inside start again at nought. */
function deepest(node: unknown, depth: number): SyntaxNode | undefined {
  if (!isNode(node) || FUNCTIONS.has(node.type)) return undefined;
  const below = NESTING.has(node.type) ? depth + 1 : depth;
  if (below > BUDGET.depth) return node;
  for (const child of childrenOf(node)) {
    // `else if` is the next rung of one ladder, not a deeper one.
    const isElseIf = node.type === "IfStatement" && child === node.alternate && child.type === "IfStatement";
    const found = deepest(child, isElseIf ? depth : below);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasMarkup(node: SyntaxNode): boolean {
  return everyNode(node).some((below) => below.type === "JSXElement" || below.type === "JSXFragment");
}

/** In a test file a function of describe blocks, or one handed to them, may be as long as its claims. */
function hasSuiteCall(file: SourceFile, node: SyntaxNode): boolean {
  if (everyNode(node).some(isSuiteCall)) return true;
  return everyNode(file.program).some((call) => isSuiteCall(call) && childrenOf(call).includes(node));
}

/** `test(…)`, and also `describe.runIf(…)(…)` and `test.each(…)(…)`: whatever begins with one of the words. */
function isSuiteCall(node: SyntaxNode): boolean {
  if (node.type !== "CallExpression") return false;
  let callee: unknown = node.callee;
  while (isNode(callee) && callee.type !== "Identifier")
    callee = callee.object ?? callee.callee ?? callee.tag;
  return isNode(callee) && SUITE_CALLS.has(String(callee.name));
}
