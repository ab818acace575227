import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./runner-main.ts";

const MAIN = fileURLToPath(new URL("./runner-main.ts", import.meta.url));

let helper: ChildProcess | undefined;
let count = 0;
const waiting = new Map<number, PromiseWithResolvers<Answer>>();

/**
 * Runs a program of this machine to its end, through a small process: a test's own has so much in memory that each fork(2) of it
 * costs tens of milliseconds.
 */
export async function runSmall(order: Omit<Order, "id">): Promise<Answer> {
  const id = count++;
  const answer = Promise.withResolvers<Answer>();
  helper ??= start();
  if (waiting.size === 0) helper.channel?.ref();
  waiting.set(id, answer);
  helper.send({ ...order, id } satisfies Order);
  const said = await answer.promise;
  if (said.error !== undefined) throw new Error(said.error);
  return said;
}

function start(): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    detached: true,
    // Bytes as bytes.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.on("message", (answer: Answer) => {
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
    if (waiting.size === 0) child.channel?.unref();
  });
  child.once("exit", () => {
    helper = undefined;
    for (const { reject } of waiting.values()) reject(new Error("the process that runs programs ended"));
    waiting.clear();
  });
  child.unref();
  return child;
}
