import type { Command } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import type { MongoTarget } from "./mongodb-target.ts";

/** The tools read a password from a file alone: here it is a here-document on a descriptor, from a variable that they do not inherit. */
const CONFIG = "COFRE_MONGO_CONFIG";
const LOGGED_IN = `
if [ -n "$${CONFIG}" ]; then
exec 3<<COFRE_END
$${CONFIG}
COFRE_END
unset ${CONFIG}
set -- "$@" --config=/dev/fd/3
fi
`;

/** A script that ends in one of MongoDB's tools, logged in by its last words. */
export function tool({ target }: Reach<MongoTarget>, script: string, words: readonly string[]): Command {
  const { host, port, username, password, database } = target;
  const login =
    username === undefined ? [] : [`--username=${username}`, `--authenticationDatabase=${database}`];
  return {
    argv: [
      "sh",
      "-c",
      `${LOGGED_IN}${script}`,
      "cofre",
      `--host=${host}`,
      `--port=${port}`,
      ...login,
      ...words,
    ],
    env: { LC_ALL: "C" },
    // A JSON text is a YAML text.
    ...(password === undefined
      ? {}
      : { secrets: { [CONFIG]: new Secret(`password: ${JSON.stringify(password.reveal())}`) } }),
  };
}

/** As the tool prints it. Throws `server.tool-missing` before anything was begun. */
export async function toolVersion(
  reach: Reach<MongoTarget>,
  name: "mongodump" | "mongorestore",
): Promise<string> {
  const { host, signal, tag } = reach;
  const ran = await host.run({ argv: [name, "--version"] }, { signal, tag });
  const said = /^\S+ version: (.+)$/m.exec(ran.stdout)?.[1];
  if (ran.code === 0 && said !== undefined) return said.trim();
  throw new Fault("server.tool-missing", `${name} on ${host.name} does not tell its version`, {
    hint: "Install MongoDB's database tools there, or choose an image that has them.",
    context: { code: ran.code, stderr: ran.stderr.slice(-500) },
  });
}
