import type { Readable } from "node:stream";
import type { z } from "zod";
import type { ContainerFacts } from "../host/container-facts.ts";
import type { Box, Command, Host, Server } from "../host/host.ts";
import type { LastBytes } from "../host/server-jobs.ts";
import type {
  DumpFormat,
  EngineCapabilities,
  EngineId,
  EngineKind,
  Inspection,
  RestoreChoices,
  UnitFacts,
} from "../model/engine.ts";
import type { ObjectBrowser } from "./browser.ts";

/** What an engine is given to work with: where its tools run, and how to reach the resource now, secrets included. */
export interface Reach<Target> {
  /** Where the engine's own tools run: inside the resource's container, else the server. */
  readonly host: Host;
  /** The machine that carries it. */
  readonly server: Server;
  readonly target: Target;
  /** Set when the resource is a container: for engines that need a sidecar or a restart. */
  readonly container?: ReachedContainer;
  /** 32 hex characters, the job's id: every program is tagged with it, every name that is made on the target carries it. */
  readonly tag: string;
  readonly signal: AbortSignal;
}

/** A disk, by a folder on it as the reach's host sees it. */
export interface Disk extends Pick<Reach<unknown>, "host" | "tag"> {
  readonly folder: string;
}

export interface ReachedContainer extends Box {
  /** Image id, so that a sidecar is of exactly the same version. */
  readonly image: string;
}

/** Where an archive can be read without a target: a host that has the engine's tools. */
export interface Bench {
  readonly host: Host;
  readonly server: Server;
  readonly container?: ReachedContainer;
  readonly tag: string;
  readonly signal: AbortSignal;
}

/** Where a dump comes from: a program, which can run where the data is, or an API read by Cofre. */
export type Source =
  | { readonly via: "command"; readonly command: Command; readonly on: Host }
  | { readonly via: "stream"; open(signal: AbortSignal): Readable };

/** Where a dump goes to. A command MUST exit non-zero when its stdin is not a whole dump, or its output MUST show it. */
export type Sink =
  | { readonly via: "command"; readonly command: Command; readonly on: Host }
  | { readonly via: "stream"; drain(dump: Readable, signal: AbortSignal): Promise<string> };

export interface DumpRequest {
  /** Names from the inspection; never empty; exactly one unless the engine combines units. */
  readonly units: readonly string[];
  /** One of the engine's formats, its first when not given. */
  readonly format?: string;
  /** The units may lie beyond what the resource names: a safety backup takes whatever a restore is to replace. */
  readonly anywhere?: boolean;
  /** Content digests beside the counts. "auto" takes them where they cost under a fifth of the dump. */
  readonly digests: "auto" | "none";
}

/** A small text that belongs to the server as a whole and rides beside the archive (roles and settings). */
export interface Rider {
  /** File name part: `globals.sql`. */
  readonly name: string;
  readonly text: string;
}

/** What the programs around a dump left to read once it ended. */
export interface DumpRemains {
  readonly companion: string | null;
  readonly observed: Uint8Array | null;
  readonly stderr: string;
}

/** How to take one dump. Only says which programs and words: whoever runs it joins them with codec, digest and store. */
export interface DumpPlan {
  readonly format: DumpFormat;
  /** Of the server that is dumped, as it prints it. */
  readonly serverVersion: string;
  readonly source: Source;
  /** See ServerJobSpec: holds the snapshot and counts in it. Its first line reaches `source` as this variable. */
  readonly companion?: { readonly command: Command; readonly on: Host; readonly exports: string };
  /** See ServerJobSpec: reads a copy of the raw dump, or keeps its end, where a format has its trailer. */
  readonly observer?: { readonly command: Command; readonly on: Host } | LastBytes;
  readonly riders: readonly Rider[];
  /** See Restoration. */
  readonly isWorking?: () => Promise<boolean>;
  /** Names and versions of the programs that write it. */
  readonly tools: Readonly<Record<string, string>>;
  /**
   * Judges the dump after every program exited 0: the format's own trailer, an error printed in spite of exit 0. Throws
   * `dump.incomplete`; returns the facts taken in the dump's own snapshot, one for each unit asked for, and warnings to keep.
   */
  conclude(remains: DumpRemains): {
    readonly facts: readonly UnitFacts[];
    readonly warnings: readonly string[];
  };
}

/** What an archive says of itself, from its first bytes. */
export interface Identified {
  readonly engine: EngineId;
  readonly format: DumpFormat;
  /** Version of the server that was dumped, null when the format does not say. */
  readonly serverVersion: string | null;
}

/** How to read a dump's own structure to its last byte. */
export interface CheckPlan {
  readonly sink: Sink;
  /** Judges what the sink printed; throws `archive.damaged`. Facts where the format tells them, else none. */
  conclude(output: string): readonly UnitFacts[];
}

export interface RestoreRequest {
  /** Names in the archive and names to be given at the target. */
  readonly units: readonly { readonly from: string; readonly into: string }[];
  readonly format: DumpFormat;
  /** Of the server that was dumped. */
  readonly serverVersion: string | null;
  readonly facts: readonly UnitFacts[];
  readonly riders: readonly Rider[];
  /**
   * Where units are written to part by part and not replaced whole: "mirror", the default, also removes what the archive does not have,
   * "merge" leaves it there.
   */
  readonly mode?: RestoreMode;
  /** What is left out, for engines that name it among their `restoreOptions`. */
  readonly choices?: RestoreChoices;
}

export type RestoreMode = "mirror" | "merge";

/**
 * One restore, derived from reach and request alone: a worker that finds it after a crash makes it again from the same values
 * and asks `stage`. Every method is idempotent.
 */
export interface Restoration {
  /** Refuses what cannot be restored (version, vendor, rights, prepared transactions, replicas), naming it. MUST NOT change anything. */
  check(): Promise<void>;
  /**
   * Those of the units, by their names at the target, that are there now: what a safety backup has to take. MUST throw for what cannot
   * be known: a unit that is not named is restored over without one.
   */
  present(): Promise<readonly string[]>;
  /** Makes what will be loaded into. */
  prepare(): Promise<void>;
  readonly load: Sink;
  /**
   * Asked when nothing has moved for long: whether the server itself is busy for us, by its own progress views (building an index),
   * and not merely waiting for a lock. Without it, silence for long is a stall.
   */
  readonly isWorking?: () => Promise<boolean>;
  /**
   * The disk that the load fills and a server lives on, once `check` has passed; undefined when it is not known. Whoever runs the load
   * stops it before that disk is full.
   */
  readonly fills?: () => Disk | undefined;
  /** Judges what the load printed and counts what was loaded, to be compared with the manifest before the switch. */
  loaded(output: string): Promise<readonly UnitFacts[]>;
  /**
   * The short step that makes the loaded data the target's. A failure MUST leave the target as it was; one that could not says in its
   * message how the target is now, and has `targetChanged: true` in its context (so does `abort`).
   */
  commit(): Promise<void>;
  /** What is there: nothing of this restore, something to be swept, or the switched target. */
  stage(): Promise<"absent" | "staged" | "switched">;
  /** Sweeps everything made before the switch; after it, does nothing. */
  abort(): Promise<void>;
  /** Puts the old data back, for engines that keep it. Does nothing when there is none. */
  undo(): Promise<void>;
  /** Drops the kept old data for good. */
  drop(): Promise<void>;
  /** What the user should know once it is switched: roles that were missing, objects that were left out. */
  readonly warnings?: () => readonly string[];
}

export interface Detected {
  /** Plain JSON for the engine's `configSchema`, secrets in clear: whoever asked seals it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Fields of `config` that must be read from a file inside the container (`…_FILE`). */
  readonly files: Readonly<Record<string, string>>;
  /** When the image tag or environment tells it. */
  readonly version: string | null;
}

/** A web page of the product's own, for people. */
export interface WebConsole {
  /** Inside the container. */
  readonly port: number;
  readonly tls: boolean;
  /** Where its owner says that browsers find it. */
  readonly url: string | null;
}

export interface Engine<Target = unknown> {
  readonly id: EngineId;
  readonly kind: EngineKind;
  /** As the product calls itself: "PostgreSQL". */
  readonly label: string;
  readonly capabilities: EngineCapabilities;
  /** Names of dump formats it can write, the default first. */
  readonly formats: readonly [string, ...string[]];
  readonly defaultPort: number | null;
  /** Reads plain JSON, wraps secrets. Field names are the REST contract's: host, port, username, password, database, paths. */
  readonly configSchema: z.ZodType<Target>;
  /** Fields of the config that are secret: they go in and never come out. */
  readonly secretFields: readonly string[];

  /** Undefined when the container is not of this engine. By labels, image under any registry or tag, process, environment. */
  detect(container: ContainerFacts): Detected | undefined;
  /** The console of such a container by its settings; undefined when it shows none. Nothing is asked of it. */
  webConsole?(container: ContainerFacts): WebConsole | undefined;
  /** Version and units. MUST NOT write, MUST NOT take locks. Throws `target.auth`, `target.missing`, `target.unreachable`. */
  inspect(reach: Reach<Target>): Promise<Inspection>;
  /** Checks everything that can be known before the first byte (rights, tool and server versions), then plans. */
  dump(reach: Reach<Target>, request: DumpRequest): Promise<DumpPlan>;
  /** From the first 64 KiB or less of an unpacked dump; undefined when it is not this engine's. */
  identify(head: Uint8Array): Identified | undefined;
  /** Reads the dump's own structure to its last byte. MUST NOT need or touch a target. */
  validate(bench: Bench, format: DumpFormat): CheckPlan;
  restore(reach: Reach<Target>, request: RestoreRequest): Restoration;
  /** For engines whose units hold objects that can be looked at one by one. Nothing is asked before the first call. */
  browse?(reach: Reach<Target>): ObjectBrowser;
  /** Ends what the programs of this tag left at the target after they were killed: a server's own sessions live on without their client. */
  sweep?(reach: Reach<Target>): Promise<void>;
}
