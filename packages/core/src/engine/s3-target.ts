import { z } from "zod";
import { Secret } from "../model/secret.ts";

/**
 * How to reach one object store. `endpoint`, or `host` and `port`, are seen from the server that carries it (from inside its container
 * when it is one), so that a store that is not exposed is reached as well.
 */
export const BucketTarget = z.object({
  endpoint: z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[^/?#@\s]+\/?$/, "an address as https://host or http://host:port, without a path")
    .optional(),
  host: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^-\s/]\S*$/, "a host name or address")
    .default("127.0.0.1"),
  port: z.coerce.number().int().min(1).max(65_535).default(9000),
  tls: z.boolean().default(false),
  region: z.string().min(1).max(64).default("us-east-1"),
  accessKey: z.string().min(1).max(1024),
  secretKey: z
    .string()
    .min(1)
    .max(4096)
    .transform((secret) => new Secret(secret)),
  /** `endpoint/bucket` instead of `bucket.endpoint`: MinIO and most that are not AWS. */
  pathStyle: z.boolean().default(true),
  /** PEM certificates that are trusted instead of the system's. */
  ca: z.string().max(65_536).optional(),
  /** The only buckets of this resource; all that the keys may list when absent. */
  buckets: z.array(z.string().min(1).max(255)).max(10_000).optional(),
});
export type BucketTarget = z.infer<typeof BucketTarget>;

/** The address that requests are made and signed for. */
export function endpointOf({ endpoint, host, port, tls }: BucketTarget): URL {
  if (endpoint !== undefined) return new URL(endpoint);
  return new URL(`${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`);
}
