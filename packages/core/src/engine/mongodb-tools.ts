import type { Command } from "../host/host.ts";
import { Fault, isFault } from "../model/fault.ts";
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
  { host, signal, tag }: Reach<MongoTarget>,
  name: "mongodump" | "mongorestore",
): Promise<string> {
  const command: Command = { argv: [name, "--version"] };
  const ran = await host.run(command, { signal, tag }).catch((error: unknown) => {
    throw isFault(error, "server.tool-missing") ? noTool(host.name, name, error) : error;
  });
  const said = /^\S+ version: (.+)$/m.exec(ran.stdout)?.[1];
  if (ran.code === 0 && said !== undefined) return said.trim();
  throw noTool(host.name, name, ran.stderr.slice(-500));
}

function noTool(where: string, name: string, cause: unknown): Fault {
  return new Fault("server.tool-missing", `${name} does not run on ${where}`, {
    hint: "Use an image with MongoDB's database tools, or install them on the server and add the database there by host and port.",
    cause,
  });
}
