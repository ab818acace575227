import { z } from "zod";
import { Secret } from "../model/secret.ts";

export const MONGODB_PORT = 27_017;

const blankIsAbsent = (text: string | null | undefined): string | undefined =>
  text === null || text === "" ? undefined : text;

/** How to reach one server that speaks MongoDB's protocol; `host` and `port` are seen from where its tools run. */
export const MongoTarget = z.object({
  host: z
    .string()
    .max(255)
    .regex(/^[^-\s,/][^\s,/]*$/, "a host name or address")
    .default("127.0.0.1"),
  port: z.coerce.number().int().min(1).max(65_535).default(MONGODB_PORT),
  username: z.string().max(255).nullish().transform(blankIsAbsent),
  password: z
    .string()
    .max(4096)
    .nullish()
    .transform((password) => {
      const given = blankIsAbsent(password);
      return given === undefined ? undefined : new Secret(given);
    }),
  /** Where the user is kept (`authSource`), not what is backed up. */
  database: z
    .string()
    .max(64)
    .nullish()
    .transform((database) => blankIsAbsent(database) ?? "admin"),
});
export type MongoTarget = z.infer<typeof MongoTarget>;
