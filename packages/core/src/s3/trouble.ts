import { S3ServiceException } from "@aws-sdk/client-s3";

/** What went wrong at an S3, in the classes that callers treat differently. */
export type S3Trouble =
  | "no-key"
  | "no-bucket"
  | "no-upload"
  /** Wrong keys, or rights that are missing. */
  | "refused"
  /** The condition of a write was not met: the key is taken. */
  | "taken"
  | "bad-range"
  | "no-space"
  /** The provider knows no such operation or header. */
  | "not-implemented"
  /** In an archive class that must be thawed before it can be read. */
  | "frozen"
  | "certificate"
  | "unavailable";

const BY_NAME: Readonly<Record<string, S3Trouble>> = {
  NoSuchKey: "no-key",
  NotFound: "no-key",
  NoSuchVersion: "no-key",
  NoSuchBucket: "no-bucket",
  NoSuchUpload: "no-upload",
  NoSuchLifecycleConfiguration: "no-key",
  AccessDenied: "refused",
  InvalidAccessKeyId: "refused",
  SignatureDoesNotMatch: "refused",
  AuthorizationHeaderMalformed: "refused",
  PreconditionFailed: "taken",
  ConditionalRequestConflict: "taken",
  InvalidRange: "bad-range",
  XMinioStorageFull: "no-space",
  QuotaExceeded: "no-space",
  XMinioAdminBucketQuotaExceeded: "no-space",
  NotImplemented: "not-implemented",
  InvalidObjectState: "frozen",
};

const BY_STATUS: Readonly<Record<number, S3Trouble>> = {
  401: "refused",
  403: "refused",
  404: "no-key",
  412: "taken",
  416: "bad-range",
  501: "not-implemented",
  507: "no-space",
};

const CERTIFICATE = /^(CERT_|ERR_TLS_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(GET|VERIFY)_)/;

/** The class of an error that a client of `connectS3` threw. */
export function s3Trouble(error: unknown): S3Trouble {
  if (error instanceof S3ServiceException) {
    return BY_NAME[error.name] ?? BY_STATUS[error.$metadata.httpStatusCode ?? 0] ?? "unavailable";
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CERTIFICATE.test(code) ? "certificate" : "unavailable";
}

/** The provider's own words, one line, without what else an SDK's error carries about the request. */
export function s3Words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words = error.message === "" || error.message === "UnknownError" ? error.name : error.message;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return `${words.split("\n")[0] ?? ""}${status === undefined ? "" : ` (${error.name}, HTTP ${status})`}`;
}
