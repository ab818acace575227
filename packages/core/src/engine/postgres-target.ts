import { z } from "zod";
import { Secret } from "../model/secret.ts";

/** How to reach one PostgreSQL server. */
export interface PostgresTarget {
  /** Where the tools connect when they do not run in the server's own container; there the socket and the loopback serve. */
  readonly host: string | null;
  readonly port: number;
  readonly username: string;
  readonly password: Secret | null;
  /** Where to log in; not what is backed up. */
  readonly database: string | null;
}

export const POSTGRES_PORT = 5432;

const absent = (text: string | null | undefined): string | null =>
  text === undefined || text === "" ? null : text;

export const postgresConfig = z
  .object({
    host: z.string().nullish(),
    port: z.number().int().min(1).max(65_535).nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
    database: z.string().nullish(),
  })
  .transform(
    (config): PostgresTarget => ({
      host: absent(config.host),
      port: config.port ?? POSTGRES_PORT,
      username: absent(config.username) ?? "postgres",
      password: config.password == null || config.password === "" ? null : new Secret(config.password),
      database: absent(config.database),
    }),
  );
