import { readFileSync } from "node:fs";
import { join } from "node:path";

export type EngineName = "postgres" | "redis" | "mariadb" | "mysql" | "mongodb" | "minio" | "versitygw";
export type SshServerName = "docker" | "own" | "plain" | "clients";

/** A database server with a fixed name, as a customer's compose project would run it. Tests MUST NOT change it. */
export interface LabContainer {
  readonly name: string;
  readonly image: string;
  readonly engine: EngineName;
  readonly version: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  /** Of `root`, where the engine has such a user beside `user`. */
  readonly rootPassword?: string;
  /** Reached from this machine. */
  readonly host: string;
  readonly port: number;
  /** Reached from other containers of the lab's network, on the engine's own port. */
  readonly ip: string | null;
}

export interface LabSshUser {
  readonly name: string;
  /** Absent where only keys open the door. */
  readonly password?: string;
  /** `sudo -n` works. */
  readonly sudo: boolean;
  /** `docker ps` works without sudo. */
  readonly docker: boolean;
}

export interface LabHostKey {
  readonly type: string;
  /** As OpenSSH prints it: "SHA256:…". */
  readonly sha256: string;
}

/** A container inside the engine that runs inside the server `own`. */
export interface InnerContainer {
  readonly engine: EngineName;
  readonly version: string;
  readonly user?: string;
  readonly password: string;
  readonly database?: string;
}

export interface LabSshServer {
  readonly container: string;
  readonly host: string;
  readonly port: number;
  readonly users: readonly LabSshUser[];
  readonly hostKeys: readonly LabHostKey[];
  readonly inner?: Readonly<Record<string, InnerContainer>>;
  readonly ip: string | null;
}

export interface LabKey {
  readonly path: string;
  readonly passphrase?: string;
}

/** What `lab.sh up` wrote to `lab.json`, and two questions suites ask before they run. */
export interface Lab {
  readonly set: "core" | "full";
  /** How to call docker here: `["docker"]`, or with sudo before it. */
  readonly docker: readonly string[];
  readonly network: string;
  readonly images: Readonly<Partial<Record<EngineName, Readonly<Record<string, string>>>>>;
  readonly containers: Readonly<Record<string, LabContainer>>;
  readonly ssh: Readonly<Partial<Record<SshServerName, LabSshServer>>>;
  readonly keys: Readonly<Record<string, LabKey>>;
}

const HERE = join(import.meta.dirname, "..");

function labFile(): string {
  return join(process.env.LAB_STATE ?? join(HERE, ".state"), "lab.json");
}

function readLabFile(): string | null {
  try {
    return readFileSync(labFile(), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Whether `lab.sh up` has run for this checkout. */
export function isLabUp(): boolean {
  return readLabFile() !== null;
}

/** The lab that is up. Throws the command to run when there is none. */
export function readLab(): Lab {
  const text = readLabFile();
  if (text === null)
    throw new Error(`the lab is not up (no ${labFile()}): run ${join(HERE, "lab.sh")} up core`);
  const lab: Lab = JSON.parse(text);
  return lab;
}
