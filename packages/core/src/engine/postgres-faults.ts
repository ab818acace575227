import type { Ran } from "../host/host.ts";
import { Fault, type FaultCode } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import type { PostgresTarget } from "./postgres-target.ts";

interface Sign {
  readonly pattern: RegExp;
  readonly code: FaultCode;
  readonly hint: string;
}

/** What PostgreSQL's words mean, in the order in which they are looked for. */
const SIGNS: readonly Sign[] = [
  {
    pattern:
      /password authentication failed|no password supplied|role ".*" does not exist|(Peer|Ident) authentication failed|no pg_hba\.conf entry|authentication method/,
    code: "target.auth",
    hint: "Correct the user and password of this resource, or allow this login in pg_hba.conf.",
  },
  {
    pattern: /database ".*" does not exist/s,
    code: "target.missing",
    hint: "Scan the resource again: the database may have been renamed or dropped.",
  },
  {
    pattern: /too many clients|remaining connection slots|too many connections/,
    code: "target.unreachable",
    hint: "Close sessions or raise max_connections, then try again.",
  },
  {
    pattern: /the database system is (starting up|shutting down|in recovery mode|not accepting)/,
    code: "target.unreachable",
    hint: "Wait until the server is up, then try again.",
  },
  {
    pattern:
      /could not connect|connection to server .* failed|Connection refused|could not translate host name|timeout expired|server closed the connection/,
    code: "target.unreachable",
    hint: "Look whether PostgreSQL runs and listens on this host and port.",
  },
  {
    pattern: /permission denied|must be (superuser|owner|member)|insufficient privilege/,
    code: "target.permission",
    hint: "Use the server's superuser for this resource, or grant what is missing.",
  },
  {
    pattern: /No space left on device/,
    code: "server.no-space",
    hint: "Free space on the disk of the database, then try again.",
  },
];

/** The Fault for a program of PostgreSQL that failed; its own words travel along. */
export function postgresFault(reach: Reach<PostgresTarget>, ran: Ran, otherwise?: FaultCode): Fault {
  const sign = SIGNS.find(({ pattern }) => pattern.test(ran.stderr));
  const said = firstError(ran.stderr) ?? `exit code ${ran.code} without a word`;
  return new Fault(
    sign?.code ?? otherwise ?? "target.unsuitable",
    `PostgreSQL in ${reach.host.name}: ${said}`,
    {
      ...(sign === undefined ? {} : { hint: sign.hint }),
      context: { exitCode: ran.code, stderr: ran.stderr.slice(-2048) },
    },
  );
}

function firstError(stderr: string): string | undefined {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line =
    lines.find((text) => /(error|ERROR|FATAL|PANIC):/.test(text)) ?? lines.find((text) => text !== "");
  return line?.replace(/^(psql|pg_dump|pg_dumpall|pg_restore): (error: )?/, "");
}
