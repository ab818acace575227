import type { Store } from "./queries.ts";

export const LOCKS = ["none", "GOVERNANCE", "COMPLIANCE"] as const;

/** What the form holds; the secret key lives only while the dialog is open. */
export interface StoreDraft {
  kind: Store["kind"];
  name: string;
  isDefault: boolean;
  serverId: string;
  root: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKey: string;
  /** Empty keeps the one that is there. */
  secretKey: string;
  pathStyle: boolean;
  storageClass: string;
  lockMode: (typeof LOCKS)[number];
  lockDays: string;
  ca: string;
}

const USUAL_DAYS = "30";

export function draftOf(store: Store | undefined): StoreDraft {
  const s3 = store?.s3;
  return {
    kind: store?.kind ?? "directory",
    name: store?.name ?? "",
    isDefault: store?.isDefault ?? false,
    serverId: store?.serverId ?? "",
    root: store?.root ?? "",
    endpoint: s3?.endpoint ?? "",
    region: s3?.region ?? "us-east-1",
    bucket: s3?.bucket ?? "",
    prefix: s3?.prefix ?? "",
    accessKey: s3?.accessKey ?? "",
    secretKey: "",
    pathStyle: s3?.pathStyle ?? true,
    storageClass: s3?.storageClass ?? "",
    lockMode: s3?.lock?.mode ?? "none",
    lockDays: String(s3?.lock?.days ?? USUAL_DAYS),
    ca: s3?.ca ?? "",
  };
}
