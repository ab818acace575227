import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";

export const DEFAULT_PORT = 3210;

const port = z.coerce
  .number({ error: "must be a number" })
  .int("must be a whole number")
  .min(0, "must be at least 0")
  .max(65_535, "must be at most 65535");

const MASTER_KEY_HELP = "must be 32 bytes, in base64 or as 64 hex characters (openssl rand -base64 32)";

/** The variables that Cofre reads. Nothing else of the environment is looked at. */
const Environment = z.object({
  COFRE_HOST: z.string().default("127.0.0.1"),
  COFRE_PORT: port.default(DEFAULT_PORT),
  COFRE_DATA_DIR: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
    .optional(),
  COFRE_MASTER_KEY: z
    .string()
    .transform((text, context) => {
      const key = readMasterKey(text);
      if (key === undefined) context.addIssue({ code: "custom", message: MASTER_KEY_HELP });
      return key;
    })
    .optional(),
  COFRE_PUBLIC_URL: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  COFRE_TRUSTED_PROXIES: z.string().default("").transform(splitList),
  COFRE_ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
  COFRE_ADMIN_PASSWORD: z.string().min(10, "must have at least 10 characters").max(200).optional(),
  COFRE_API_KEY: z
    .string()
    .regex(/^cofre_[A-Za-z0-9_-]{32,}$/, "must be cofre_ followed by at least 32 letters, digits, _ or -")
    .optional(),
  COFRE_LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  COFRE_WORKER_JOBS: z.coerce.number().int().min(1).max(64).default(4),
  XDG_DATA_HOME: z.string().optional(),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute. Holds the embedded database, the master key and nothing that a restart may lose. */
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** 32 bytes; undefined takes the file in the data directory. */
  readonly masterKey: Buffer | undefined;
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly adminEmail: string | undefined;
  readonly adminPassword: string | undefined;
  readonly apiKey: string | undefined;
  readonly logLevel: string;
  /** How many jobs this process works on at a time. */
  readonly workerJobs: number;
}

/** Names every variable that is wrong, and never its value: it may be a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment once. Throws ConfigError with one line for each variable that cannot be used. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(explain(parsed.error));
  const values = parsed.data;
  if ((values.COFRE_ADMIN_EMAIL === undefined) !== (values.COFRE_ADMIN_PASSWORD === undefined)) {
    throw new ConfigError("COFRE_ADMIN_EMAIL and COFRE_ADMIN_PASSWORD must be given together");
  }
  return Object.freeze({
    host: values.COFRE_HOST,
    port: values.COFRE_PORT,
    dataDir: dataDirOf(values),
    databaseUrl: values.DATABASE_URL,
    masterKey: values.COFRE_MASTER_KEY,
    publicUrl: values.COFRE_PUBLIC_URL?.replace(/\/+$/, ""),
    trustedProxies: values.COFRE_TRUSTED_PROXIES,
    adminEmail: values.COFRE_ADMIN_EMAIL?.toLowerCase(),
    adminPassword: values.COFRE_ADMIN_PASSWORD,
    apiKey: values.COFRE_API_KEY,
    logLevel: values.COFRE_LOG_LEVEL,
    workerJobs: values.COFRE_WORKER_JOBS,
  });
}

function explain(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("\n");
}

function dataDirOf(values: z.infer<typeof Environment>): string {
  if (values.COFRE_DATA_DIR !== undefined) return resolve(values.COFRE_DATA_DIR);
  const xdg = values.XDG_DATA_HOME;
  // The XDG specification: a relative path is invalid and ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), ".local/share");
  return join(base, "cofre");
}

function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

/** 32 bytes from hex or base64 (either alphabet); undefined when it is something else. */
export function readMasterKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, "hex");
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return undefined;
  const key = Buffer.from(trimmed, "base64");
  return key.length === 32 ? key : undefined;
}
