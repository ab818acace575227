import { readFileSync } from "node:fs";
import type { CommandResult, DockerOptions } from "./docker.ts";
import { execIn } from "./enter.ts";
import type { LabSshServer, LabSshUser, SshServerName } from "./read-lab.ts";
import { readLab } from "./read-lab.ts";

/** One of the lab's SSH servers, and the keys that open all of them. */
export interface SshServer extends LabSshServer {
  user(name: string): LabSshUser;
  key(name: string): { readonly privateKey: string; readonly passphrase?: string };
  /** Runs a command as root without SSH: to look at what SSH did, or to break something. */
  exec(argv: readonly string[], options?: DockerOptions): Promise<CommandResult>;
}

/**
 * `docker` drives this machine's engine, `own` has one inside with `pg-inner` and `redis-inner`,
 * `plain` has neither docker nor zstd nor bash, `clients` the programs of PostgreSQL 15, MariaDB 10.11 and Redis 7 and no docker.
 */
export function sshServer(name: SshServerName): SshServer {
  const lab = readLab();
  const server = lab.ssh[name];
  if (server === undefined) throw new Error(`the lab has no SSH server "${name}": run lab/lab.sh up core`);
  return {
    ...server,
    user: (user) =>
      found(
        server.users.find((one) => one.name === user),
        `user "${user}" on ${server.container}`,
      ),
    key: (key) => {
      const { path, ...rest } = found(lab.keys[key], `key "${key}"`);
      return { privateKey: readFileSync(path, "utf8"), ...rest };
    },
    exec: (argv, options) => execIn(server.container, argv, options),
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the lab has no ${what}`);
  return value;
}
