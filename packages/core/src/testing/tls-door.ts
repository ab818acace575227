import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { temporaryFolder } from "./temporary-folder.ts";

/** TLS before a server that has none, with a certificate that only `ca` vouches for. */
export interface TlsDoor extends AsyncDisposable {
  readonly port: number;
  readonly ca: string;
  /** What each connection asked for by its name. */
  readonly asked: readonly unknown[];
}

export interface Behind {
  readonly host: string;
  readonly port: number;
  /** Also every name below it. */
  readonly name: string;
}

export async function tlsDoor({ host, port, name }: Behind): Promise<TlsDoor> {
  const { ca, ...own } = await madeCertificate(name);
  const names: unknown[] = [];
  const server = createServer(own, (asked) => {
    names.push("servername" in asked ? asked.servername : undefined);
    const real = connect(port, host);
    asked.on("error", () => real.destroy()).pipe(real);
    real.on("error", () => asked.destroy()).pipe(asked);
    asked.on("close", () => real.destroy());
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // checked: it listens on TCP
  const address = server.address() as AddressInfo;
  return { port: address.port, ca, asked: names, [Symbol.asyncDispose]: async () => void server.close() };
}

async function madeCertificate(name: string) {
  await using folder = await temporaryFolder();
  const at = (file: string) => join(folder.path, file);
  const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "pipe" });
  const made = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
  ];
  const pair = (file: string) => ["-keyout", at(`${file}.key`), "-out", at(`${file}.pem`)];
  openssl(...made, ...pair("ca"), "-subj", "/CN=Authority of a test");
  const names = `subjectAltName=DNS:${name},DNS:*.${name}`;
  const signed = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-addext", names];
  const end = ["-addext", "basicConstraints=critical,CA:FALSE"];
  openssl(...made, ...pair("own"), "-subj", `/CN=${name}`, ...signed, ...end);
  const read = (file: string) => readFileSync(at(file), "utf8");
  return { ca: read("ca.pem"), cert: read("own.pem"), key: read("own.key") };
}
