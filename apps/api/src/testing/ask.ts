import type { ControlPlane } from "./control-plane.ts";

export interface Asked {
  readonly key?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test claims that it is
  readonly json: any;
}

/** Asks the app itself, without a socket: `GET /api/projects`. */
export async function ask(
  { app }: Pick<ControlPlane, "app">,
  line: string,
  asked: Asked = {},
): Promise<Answer> {
  const [method = "GET", path = "/"] = line.split(" ");
  const headers = new Headers(asked.headers);
  if (asked.key !== undefined) headers.set("authorization", `Bearer ${asked.key}`);
  if (asked.cookie !== undefined) headers.set("cookie", asked.cookie);
  const init: RequestInit = { method, headers };
  if (asked.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(asked.body);
  }
  const answer = await app.request(path, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page, a stream, metrics.
    return undefined;
  }
}

/** Calls a procedure through tRPC's own door. */
export async function call(
  plane: Pick<ControlPlane, "app">,
  {
    name,
    type,
    input,
  }: { readonly name: string; readonly type: "query" | "mutation"; readonly input?: unknown },
  asked: Asked = {},
): Promise<Answer> {
  if (type === "mutation") return await ask(plane, `POST /api/trpc/${name}`, { ...asked, body: input ?? {} });
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return await ask(plane, `GET /api/trpc/${name}${query}`, asked);
}
