import type { Host } from "../host/host.ts";
import { Fault } from "../model/fault.ts";

/** The tar of a server, and what it can do. */
export interface Tar {
  readonly kind: "gnu" | "busybox";
  /** As it calls itself: "GNU tar 1.34". */
  readonly name: string;
  readonly version: string;
  /** The dialect that it writes: `pax` keeps everything, `ustar` is what busybox has. */
  readonly writes: "pax" | "ustar";
  readonly hasAcls: boolean;
  readonly hasXattrs: boolean;
  /** Some builds of busybox cannot leave names out. */
  readonly canExclude: boolean;
}

const LOOK = `
export LC_ALL=C
tar --version 2> /dev/null | head -n 1
tar --acls -cf /dev/null --files-from /dev/null 2> /dev/null && echo acls
tar --xattrs -cf /dev/null --files-from /dev/null 2> /dev/null && echo xattrs
tar -X /dev/null -cf /dev/null /dev/null 2> /dev/null && echo exclude
if [ "$(printf ab | head -c -1)" = a ] && [ -e /dev/fd/0 ] && awk 'BEGIN { exit }' && tail -c 1 /dev/null; then echo ready; fi
`;

/** Finds the server's tar. Throws `server.tool-missing` when there is none that Cofre knows. */
export async function tarOf(host: Host, signal: AbortSignal): Promise<Tar> {
  const { stdout } = await host.run({ argv: ["sh", "-c", LOOK] }, { signal });
  const [first = "", ...rest] = stdout.trim().split("\n");
  const kind = first.includes("GNU tar") ? "gnu" : first.includes("busybox") ? "busybox" : undefined;
  if (kind === undefined || !rest.includes("ready")) {
    throw new Fault("server.tool-missing", `${host.name} has no tar that Cofre knows (${first || "none"})`, {
      hint: "Install GNU tar, coreutils and awk on the server.",
    });
  }
  const version = /\d+(?:\.\d+)+/.exec(first)?.[0] ?? "0";
  const isGnu = kind === "gnu";
  return {
    kind,
    name: isGnu ? `GNU tar ${version}` : `busybox tar ${version}`,
    version,
    writes: isGnu ? "pax" : "ustar",
    hasAcls: isGnu && rest.includes("acls"),
    hasXattrs: isGnu && rest.includes("xattrs"),
    canExclude: isGnu || rest.includes("exclude"),
  };
}

/** Words for tar as variables of the scripts: constant words without spaces, never a name. */
export function optionsOf(tar: Tar, act: "write" | "read"): Readonly<Record<string, string>> {
  return { COFRE_GNU: tar.kind === "gnu" ? "yes" : "", COFRE_OPTIONS: wordsOf(tar, act).join(" ") };
}

function wordsOf(tar: Tar, act: "write" | "read"): readonly string[] {
  if (tar.kind === "busybox") return act === "write" ? [] : ["--numeric-owner"];
  const kept = [
    "--no-unquote",
    ...(tar.hasAcls ? ["--acls"] : []),
    // What the kernel and other systems keep for themselves (security.selinux, trusted) belongs to the machine, not to the data.
    ...(tar.hasXattrs ? ["--xattrs", "--xattrs-include=user.*", "--xattrs-include=security.capability"] : []),
  ];
  if (act === "read") return ["--numeric-owner", ...kept];
  const times = "--pax-option=delete=atime,delete=ctime";
  return ["--format=posix", times, "--sparse", "--anchored", "--no-wildcards", ...kept];
}
