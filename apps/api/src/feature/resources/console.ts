import { engineById, quote } from "@cofre/core";
import { z } from "zod";
import { answered, question } from "../../reach/questions.ts";
import type { ServerRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { baseUrlOf } from "../../web/base-url.ts";
import { selectServer } from "../servers/rows.ts";
import { containerOf, findPresent } from "./operate.ts";

export const ConsoleView = z.object({
  /** What a browser opens. Null where only a tunnel leads there, or nothing. */
  url: z.string().nullable(),
  /** A command for a terminal of the reader's own, and what the browser opens while it runs. */
  tunnel: z.object({ command: z.string(), url: z.string() }).nullable(),
  /** Words for the `ssh` by which the reader reached a page that looks as if it were fetched here, and what the browser opens then. */
  forward: z.object({ words: z.string(), url: z.string() }).nullable(),
});
export type ConsoleView = z.infer<typeof ConsoleView>;

const NONE: ConsoleView = { url: null, tunnel: null, forward: null };

/** Where the product's own web console is found, by the container's settings of this moment. Nobody asks whether it answers. */
export async function readConsole(ctx: ActorContext, { id }: { readonly id: string }): Promise<ConsoleView> {
  const row = await findPresent(ctx, id);
  const { webConsole } = engineById(row.engine);
  if (webConsole === undefined || row.identity === null) return NONE;
  const { signal } = question(ctx.caller.signal);
  const { container } = await answered(row.name, signal, containerOf(ctx, row, signal));
  const page = webConsole(container);
  const server = await selectServer(ctx.deps.db, ctx.actor, row.serverId);
  if (page === undefined || server === undefined) return NONE;
  const published = container.ports.find((port) => port.container === page.port && port.host !== null);
  return consoleAt(
    {
      ...page,
      published: published?.host ?? null,
      isLoopback: published?.loopback ?? false,
      address: container.address ?? null,
    },
    placeOf(server, baseUrlOf(ctx.deps.config, ctx.caller.headers)),
  );
}

export interface ConsolePage {
  /** Inside the container. */
  readonly port: number;
  readonly tls: boolean;
  /** As its owner says. */
  readonly url: string | null;
  /** On the server. */
  readonly published: number | null;
  /** It is published to the server itself alone. */
  readonly isLoopback: boolean;
  /** The container's, as the server reaches it. */
  readonly address: string | null;
}

export interface ConsolePlace {
  /** The server's, as the reader reaches it. */
  readonly host: string;
  /** The reader sits at that very machine, or reached the page by a tunnel to it. */
  readonly isHere: boolean;
  /** Words of `ssh` that lead there. */
  readonly ssh: readonly string[];
}

/** The ways to a console from where the reader sits. */
export function consoleAt(page: ConsolePage, { host, isHere, ssh }: ConsolePlace): ConsoleView {
  const scheme = page.tls ? "https" : "http";
  const within =
    page.published === null
      ? page.address && `${bracketed(page.address)}:${page.port}`
      : `127.0.0.1:${page.published}`;
  const isOpen = page.published !== null && (isHere || !page.isLoopback);
  const direct = isOpen ? `${bracketed(host)}:${page.published}` : isHere ? within : null;
  const url = page.url ?? (direct ? `${scheme}://${direct}` : null);
  if (!within) return { ...NONE, url };
  const words = `-L ${page.port}:${within}`;
  const end = `${scheme}://localhost:${page.port}`;
  // Whoever comes through a tunnel of their own looks like one who sits here, and holds the command that is to be extended.
  if (isHere) return { url, tunnel: null, forward: { words, url: end } };
  return { url, tunnel: { command: ["ssh -N", words, ...ssh].join(" "), url: end }, forward: null };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** The machine that Cofre runs on is where its own page was fetched from. */
function placeOf({ kind, host, port, user }: ServerRow, base: string): ConsolePlace {
  if (kind === "ssh" && host !== null) {
    const words = [...(port === 22 || port === null ? [] : ["-p", `${port}`]), `${user}@${host}`];
    return { host, isHere: false, ssh: words.map(typed) };
  }
  const { hostname } = new URL(base);
  return { host: hostname, isHere: LOOPBACK.test(hostname), ssh: [typed(hostname)] };
}

/** As a shell of the reader's takes it. */
function typed(word: string): string {
  return /^[\w@.:[\]-]+$/.test(word) ? word : quote(word);
}

function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
