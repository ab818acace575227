import type { Ran } from "../host/host.ts";
import { Fault, type FaultCode } from "../model/fault.ts";

interface Sign {
  /** Numbers of errors, the same in both vendors' servers and clients. */
  readonly errors: readonly number[];
  readonly code: FaultCode;
  readonly hint: string;
}

const SIGNS: readonly Sign[] = [
  {
    errors: [1045, 1698, 1251, 2049, 2054, 2059, 2061, 1862, 3118, 4151],
    code: "target.auth",
    hint: "Correct the user and password of this resource.",
  },
  {
    errors: [1049],
    code: "target.missing",
    hint: "Scan the resource again: the database may have been renamed or dropped.",
  },
  {
    errors: [1040, 1203, 1226],
    code: "target.unreachable",
    hint: "Close sessions or raise max_connections, then try again.",
  },
  {
    errors: [1053, 2002, 2003, 2005, 2006, 2013, 2026, 2055],
    code: "target.unreachable",
    hint: "Look whether the server runs and listens on this host and port.",
  },
  {
    errors: [1044, 1142, 1143, 1227, 1370, 1410, 1419, 3879],
    code: "target.permission",
    hint: "Use the server's root user for this resource, or grant what is missing.",
  },
  {
    errors: [1021, 1114],
    code: "server.no-space",
    hint: "Free space on the disk of the database, then try again.",
  },
  {
    errors: [1205, 1213],
    code: "target.unsuitable",
    hint: "Somebody holds tables open: let their transaction end (SHOW PROCESSLIST tells whose), then try again.",
  },
  {
    errors: [1290, 1836, 4086],
    code: "target.unsuitable",
    hint: "The server takes no writes now; look at read_only, then try again.",
  },
];

/** The Fault for one of the vendor's programs that failed; its own words travel along. */
export function mysqlFault(where: string, ran: Ran, otherwise: FaultCode = "target.unsuitable"): Fault {
  const number = Number(/(?:ERROR|error:?|Error) (\d{4})\b/.exec(ran.stderr)?.[1] ?? 0);
  const sign = SIGNS.find(({ errors }) => errors.includes(number));
  const lines = ran.stderr.split("\n").map((line) => line.trim());
  const said = lines.find((line) => /\berror\b/i.test(line)) ?? lines.find((line) => line !== "");
  return new Fault(sign?.code ?? otherwise, `${where}: ${said ?? `exit code ${ran.code} without a word`}`, {
    ...(sign === undefined ? {} : { hint: sign.hint }),
    context: { exitCode: ran.code, error: number, stderr: ran.stderr.slice(-2048) },
  });
}
