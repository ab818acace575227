import { z } from "zod";
import { Secret } from "../model/secret.ts";

/** How to reach one MySQL or MariaDB server. */
export interface MysqlTarget {
  /** Where the tools connect when they do not run in the server's own container; there the socket and the loopback serve. */
  readonly host: string | null;
  readonly port: number;
  readonly username: string;
  readonly password: Secret | null;
}

export const MYSQL_PORT = 3306;

const absent = (text: string | null | undefined): string | null =>
  text === undefined || text === "" ? null : text;

export const mysqlConfig = z
  .object({
    host: z.string().nullish(),
    port: z.number().int().min(1).max(65_535).nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
  })
  .transform(
    (config): MysqlTarget => ({
      host: absent(config.host),
      port: config.port ?? MYSQL_PORT,
      username: absent(config.username) ?? "root",
      password: config.password == null || config.password === "" ? null : new Secret(config.password),
    }),
  );
