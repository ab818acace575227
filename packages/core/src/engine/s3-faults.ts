import { Fault } from "../model/fault.ts";
import { s3Trouble, s3Words } from "../s3/trouble.ts";

/** What a store's refusal means for whoever reads or writes its buckets. `what` is what was attempted. */
export function bucketFault(error: unknown, what: string): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof Error && error.name === "AbortError") return cancelled(error);
  const trouble = s3Trouble(error);
  const words = s3Words(error);
  if (isWrongKey(error)) {
    return new Fault("target.auth", `${what}: the object store does not accept the access key`, {
      hint: "Correct access key and secret key of the resource.",
      context: { said: words },
    });
  }
  if (trouble === "refused") {
    return new Fault("target.permission", `${what}: the access key may not do that`, {
      hint: "Give the key a policy that allows it (list, read, write and delete for a restore).",
      context: { said: words },
    });
  }
  if (trouble === "no-bucket") {
    return new Fault("target.missing", `${what}: the bucket is not there`, { context: { said: words } });
  }
  if (trouble === "no-space") {
    return new Fault("target.unsuitable", `${what}: the object store is full (${words})`, {
      hint: "Free space in the object store, then try again.",
    });
  }
  return new Fault("target.unreachable", `${what}: ${words}`, {
    hint: "Look whether the object store runs and answers, then try again.",
    cause: error,
  });
}

/** The same from an answer of the wire that is no success; `body` is its XML. */
export function answerFault(status: number, body: string, what: string): Fault {
  const name = /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? `HTTP ${status}`;
  const said = { context: { said: `${name}, HTTP ${status}` } };
  if (WRONG_KEY.has(name)) {
    return new Fault("target.auth", `${what}: the object store does not accept the access key`, said);
  }
  if (status === 403 || status === 401) {
    return new Fault("target.permission", `${what}: the access key may not do that`, said);
  }
  if (name === "NoSuchBucket") return new Fault("target.missing", `${what}: the bucket is not there`, said);
  if (status === 507 || /StorageFull|QuotaExceeded/.test(name)) {
    return new Fault("target.unsuitable", `${what}: the object store is full`, said);
  }
  if (status >= 500 || status === 429) return new Fault("target.unreachable", `${what}: ${name}`, said);
  return new Fault("target.unsuitable", `${what}: the object store answers ${name}`, said);
}

const WRONG_KEY = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed"]);

function isWrongKey(error: unknown): boolean {
  return error instanceof Error && WRONG_KEY.has(error.name);
}

function cancelled(cause: Error): Fault {
  return new Fault("job.cancelled", "the work was cancelled", { cause });
}
