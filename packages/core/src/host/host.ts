import type { Duplex, Readable } from "node:stream";
import type { Secret } from "../model/secret.ts";
import type { ServerJobs } from "./server-jobs.ts";

/** One program and its words. Never shell text from outside: the host knows how words and secrets travel. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Plain variables; they may be seen by `ps`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that MUST NOT appear in argv, in a shell line, in a journal or in an error on any machine. */
  readonly secrets?: Readonly<Record<string, Secret>>;
}

export interface Calling {
  readonly signal?: AbortSignal;
  /** Becomes COFRE_JOB in the program's environment, so that it can be found and stopped by this tag. */
  readonly tag?: string;
}

export interface Running extends Calling {
  readonly stdin?: string | Uint8Array;
  /** Rejects beyond this much output, 8 MiB unless told otherwise. */
  readonly limitBytes?: number;
}

/** The end of a program that ran to its end. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  /** At most the last 16 KiB. */
  readonly stderr: string;
}

/** How commands and files on a server, or inside a container, are reached. */
export interface Host {
  /** For messages: `web-1`, `web-1/container shop-db`. */
  readonly name: string;

  /**
   * Runs a program and keeps its output. Resolves with any exit code; MUST reject with a Fault when the exit is unknown:
   * connection lost, program killed by a signal, program not found (`server.tool-missing`), container gone (`target.missing`).
   * Aborting rejects and MUST stop the program on the other side.
   */
  run(command: Command, options?: Running): Promise<Ran>;

  /**
   * The program's stdout. The stream MUST error, never merely end, when the program exits non-zero, is killed, or its exit is
   * unknown; the Fault (`dump.failed` unless more is known) carries the exit code and stderr's tail in its context.
   */
  read(command: Command, options?: Calling): Readable;

  /** Feeds a stream to the program's stdin. MUST reject when the source errors half-way (stdin is then cut, never closed in peace), or the program exits non-zero. */
  write(command: Command, source: Readable, options?: Calling): Promise<Ran>;

  /** The same command as the server that carries this host would run it, so that a server job can join it with others. */
  lower(command: Command): LoweredCommand;

  readonly files: Files;
}

/** A command in the words of the server itself. For a container it is the container engine's client, and `box` tells where the program really lives. */
export interface LoweredCommand extends Command {
  readonly box?: Box;
}

/** A program started in a container outlives its client; this is what it takes to find and stop it there. */
export interface Box {
  /** The container engine's client as it is reached: `["docker"]`, `["sudo", "-n", "docker"]`. */
  readonly client: readonly [string, ...string[]];
  readonly container: string;
  /** The user the program runs as, when not the container's own. */
  readonly user?: string;
}

/** A machine: the host itself, and the work that can be left running there. */
export interface Server extends Host, AsyncDisposable {
  readonly jobs: ServerJobs;
  /**
   * A TCP connection to an address as this machine sees it, so that what is not exposed can be reached through it. The stream MUST
   * error, never merely end, when the way to the machine is lost; closing the server ends it. Many may be open at once.
   *
   * @throws Fault `target.unreachable` when nothing answers there, `server.unreachable`, `server.permission`, `job.cancelled`
   */
  dial(host: string, port: number, options?: Dialling): Promise<Duplex>;
  /** Cheap facts, asked once per connection. */
  facts(): Promise<ServerFacts>;
}

export interface Dialling extends Pick<Calling, "signal"> {
  /** Throws for an address that MUST NOT be called. It is told what this machine makes of a name, and nothing else is called. */
  readonly judge?: (address: string) => void;
}

export interface ServerFacts {
  readonly user: string;
  /** True when the user is root or may become it by `sudo -n`. */
  readonly isRoot: boolean;
  readonly canSudo: boolean;
  readonly cores: number;
  readonly home: string;
  /** Of `zstd gzip tar sha256sum setsid nice ionice gpg`, those that are there. */
  readonly tools: readonly string[];
  readonly os: string;
}

export interface FileStat {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface FileEntry extends FileStat {
  readonly name: string;
}

export interface ByteRange {
  /** First byte, from zero. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

/** Files on a host, by absolute path. Paths are data: any byte but NUL, never read by a shell. */
export interface Files {
  /** MUST error when the file ends before the range does, or is not there (`archive.missing`). */
  read(path: string, options?: Calling & { readonly range?: ByteRange }): Readable;
  /** Writes and syncs to disk, mode 0600; on any failure nothing is left at `path`. Does not create folders. */
  write(path: string, source: Readable, options?: Calling): Promise<{ readonly bytes: number }>;
  /** Gives a finished file its name without ever overwriting (`store.exists`), and syncs the folder. */
  publish(from: string, to: string, options?: Calling): Promise<void>;
  /** Undefined when there is nothing. */
  stat(path: string, options?: Calling): Promise<FileStat | undefined>;
  /** Names in a folder, empty when the folder is not there. */
  list(path: string, options?: Calling): Promise<readonly FileEntry[]>;
  /** Creates a folder and its parents, mode 0700. */
  makeFolder(path: string, options?: Calling): Promise<void>;
  rename(from: string, to: string, options?: Calling): Promise<void>;
  /** Removes a file; nothing there is no error. */
  remove(path: string, options?: Calling): Promise<void>;
  /** Of the file system that holds `path` or its nearest existing parent. */
  space(
    path: string,
    options?: Calling,
  ): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}
