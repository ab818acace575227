import { Fault } from "../model/fault.ts";
import type { Host, ServerFacts } from "./host.ts";

const TOOLS = ["zstd", "gzip", "tar", "sha256sum", "setsid", "nice", "ionice", "gpg"];

/** One line `key=value` each; a missing tool of the script itself leaves its value empty. */
const SCRIPT = `
echo "user=$(id -un)"
echo "uid=$(id -u)"
sudo -n true >/dev/null 2>&1 && echo sudo=yes
echo "cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)"
echo "home=$HOME"
for t in ${TOOLS.join(" ")}; do command -v $t >/dev/null 2>&1 && echo "tool=$t"; done
os=$( . /etc/os-release 2>/dev/null; echo "\${PRETTY_NAME:-}" ) 2>/dev/null
echo "os=\${os:-$(uname -sr)}"
exit 0`;

/** Asks a machine what it is, in one command. */
export async function readServerFacts(host: Pick<Host, "name" | "run">): Promise<ServerFacts> {
  const ran = await host.run({ argv: ["sh", "-c", SCRIPT] });
  const lines = ran.stdout.split("\n").map((line) => line.split(/=(.*)/s));
  const value = (key: string) => lines.find(([name]) => name === key)?.[1] ?? "";
  if (ran.code !== 0 || value("uid") === "") {
    throw new Fault("server.unreachable", `${host.name} did not answer like a POSIX machine`, {
      hint: "Cofre needs a server with a POSIX shell (sh); check the login shell of the user.",
      context: { code: ran.code, stderr: ran.stderr.slice(-500) },
    });
  }
  const canSudo = value("sudo") === "yes";
  return {
    user: value("user"),
    isRoot: value("uid") === "0" || canSudo,
    canSudo,
    cores: Math.max(1, Number.parseInt(value("cores"), 10) || 1),
    home: value("home"),
    tools: lines.flatMap(([name, tool]) => (name === "tool" && tool ? [tool] : [])),
    os: value("os"),
  };
}
