import { z } from "zod";
import { Secret } from "../model/secret.ts";

/** How to reach one Redis; `host` and `port` are seen from where its tools run. */
export const RedisTarget = z.object({
  host: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^-\s]\S*$/, "a host name or address")
    .default("127.0.0.1"),
  port: z.coerce.number().int().min(1).max(65_535).default(6379),
  /** An ACL user; the server's `default` when absent. */
  username: z.string().max(255).optional(),
  password: z
    .string()
    .max(4096)
    .optional()
    .transform((password) => (password === undefined || password === "" ? undefined : new Secret(password))),
});
export type RedisTarget = z.infer<typeof RedisTarget>;

/** The one unit: an RDB holds a server with all its databases, and nothing smaller can be put back alone. */
export const WHOLE_SERVER = "server";
