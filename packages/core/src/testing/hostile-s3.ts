import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One call on its way through, as S3 names it: `UploadPart`, `CompleteMultipartUpload`, `GetObject`. */
export interface HostileCall {
  readonly operation: string;
  /** How many of this operation came before it. */
  readonly nth: number;
  /** Passes it on to the real S3. */
  pass(): Promise<HostileAnswer>;
}

export interface HostileAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The connection is broken after so many bytes of the body. */
  readonly cutAt?: number;
}

/** What becomes of a call; undefined passes it. */
export type Hostility = (call: HostileCall) => Promise<HostileAnswer> | undefined;

export interface HostileS3 extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly string[];
  /** From now on, until told otherwise. */
  behave(hostility: Hostility): void;
}

/** A real S3 behind a door that lies, cuts and fails on command. Signatures hold, since the name that was called is passed on. */
export async function hostileS3(upstream: string): Promise<HostileS3> {
  const target = new URL(upstream);
  const calls: string[] = [];
  let hostility: Hostility = () => undefined;
  const server = createServer((asked, answer) => {
    const operation = operationOf(asked);
    const nth = calls.filter((call) => call === operation).length;
    calls.push(operation);
    const pass = async () => await passOn(target, asked);
    const told = hostility({ operation, nth, pass }) ?? pass();
    told.then(
      (given) => give(answer, given),
      () => answer.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // checked: it listens on TCP
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    behave: (next) => {
      hostility = next;
      calls.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function operationOf({ method, url = "/" }: IncomingMessage): string {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const isObject = pathname.split("/").filter((part) => part !== "").length > 1;
  if (!isObject && searchParams.has("versioning")) return "GetBucketVersioning";
  if (!isObject) return method === "HEAD" ? "HeadBucket" : "List";
  if (method === "POST")
    return searchParams.has("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
  if (method === "DELETE") return searchParams.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
  if (method === "PUT") return searchParams.has("partNumber") ? "UploadPart" : "PutObject";
  return method === "HEAD" ? "HeadObject" : "GetObject";
}

async function passOn(target: URL, asked: IncomingMessage): Promise<HostileAnswer> {
  const { method, url: path, headers } = asked;
  const onward = request({ host: target.hostname, port: target.port, method, path, headers });
  asked.pipe(onward);
  const [answer]: IncomingMessage[] = await once(onward, "response");
  if (answer === undefined) throw new Error("the real S3 gave no answer");
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
}

function give(answer: ServerResponse, { status, headers, body, cutAt }: HostileAnswer): void {
  answer.writeHead(status, headers);
  if (cutAt === undefined) answer.end(body);
  else answer.write(body.subarray(0, cutAt), () => answer.destroy());
}
