import { Fault } from "../model/fault.ts";
import type { SshHostKey } from "./ssh-keys.ts";

interface Where {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
}

/** The server showed another key than the pinned one: both are named, so that a person can compare. */
export function hostKeyFault(where: Where & { readonly hostKey: SshHostKey }, shown: SshHostKey): Fault {
  const pinned = where.hostKey;
  return new Fault(
    "server.host-key",
    `${where.name} shows the key ${shown.type} ${shown.sha256}, but ${pinned.type} ${pinned.sha256} is pinned`,
    {
      hint: "If the server was reinstalled, compare the new print on the server itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub) and confirm it; otherwise somebody may be listening in between.",
      context: {
        pinnedType: pinned.type,
        pinnedSha256: pinned.sha256,
        shownType: shown.type,
        shownSha256: shown.sha256,
      },
    },
  );
}

/**
 * What went wrong before a connection was logged in. `showKey` asks which key the server shows now; it is called when the
 * server no longer offers the pinned type.
 */
export async function connectFault(
  error: unknown,
  where: Where & { readonly hostKey?: SshHostKey },
  showKey?: () => Promise<SshHostKey>,
): Promise<Fault> {
  if (error instanceof Fault) return error;
  const { hostKey } = where;
  const words = error instanceof Error ? error.message : String(error);
  if (/host key format/i.test(words) && hostKey && showKey) {
    return hostKeyFault({ ...where, hostKey }, await showKey());
  }
  if (levelOf(error) === "client-authentication") return authFault(where, error);
  const address = `${where.host}:${where.port ?? 22}`;
  return new Fault(
    "server.unreachable",
    `${where.name} (${address}) cannot be reached: ${reason(error, words)}`,
    {
      hint: HINTS[codeOf(error)] ?? "Check address, port and firewall, and that the SSH server runs.",
      context: { address, reason: words.slice(0, 300) },
      cause: error,
    },
  );
}

export function lostFault(name: string, cause: unknown): Fault {
  const words = cause instanceof Error ? cause.message : "it was closed";
  const isSilent = /keepalive/i.test(words);
  const what = isSilent ? "the server gave no sign of life" : words;
  return new Fault("server.unreachable", `the connection to ${name} was lost: ${what}`, {
    hint: "Cofre connects again by itself; if it stays away, check the server and the network between.",
    cause,
  });
}

function authFault(where: Where, error: unknown): Fault {
  return new Fault("server.auth", `${where.name} accepts neither the key nor the password of this user`, {
    hint: "Check the user's name, that the public key stands in its ~/.ssh/authorized_keys, and the password.",
    cause: error,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens on that port: check the port and that the SSH server runs.",
  ENOTFOUND: "The name is unknown: check its spelling and the DNS of the machine that Cofre runs on.",
  EAI_AGAIN: "The name could not be looked up now: check the DNS of the machine that Cofre runs on.",
  ETIMEDOUT: "Nothing answered: check the address and the firewall between.",
};

function reason(error: unknown, words: string): string {
  if (levelOf(error) === "client-timeout") return "it did not answer in time";
  const code = codeOf(error);
  if (code === "ECONNREFUSED") return "the connection was refused";
  if (code === "ENOTFOUND") return "its name is unknown";
  return words;
}

function levelOf(error: unknown): string {
  return error instanceof Error && "level" in error ? String(error.level) : "";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
