import type { Host } from "../../host/host.ts";
import type { Secret } from "../../model/secret.ts";
import type { Reach } from "../engine.ts";
import type { Shelf } from "./held.ts";

export interface ReachOptions {
  /** 32 hex characters; a new one unless told otherwise. */
  readonly tag?: string;
  readonly signal?: AbortSignal;
}

/**
 * A real server of one engine, that the suite may fill, change and break. One is used for many tests: `empty` makes it new.
 * Whatever it says about its contents it asks by its own queries, never by the engine under test.
 */
export interface Specimen<Target> extends AsyncDisposable {
  /** How the engine reaches it, with a new tag at every call unless one is given. */
  reach(options?: ReachOptions): Reach<Target>;
  /** A folder on that server for the journals of server jobs. */
  readonly journals: string;
  /** Every secret in use: none may show up anywhere. */
  readonly secrets: readonly Secret[];
  /** The units that `fill` makes, among them names that break people (quotes, spaces, `$()`, emoji). Never empty. */
  readonly units: readonly string[];

  /** Another name for a unit, as odd as the engine's names may be; the suite's own oddest one unless given. */
  renamed?(unit: string): string;
  /** Removes everything that fill, grow, change, a writer or a restore made. */
  empty(): Promise<void>;
  /** Writes what breaks people into every unit of `units`. A few megabytes at most. */
  fill(): Promise<void>;
  /** Adds about this many bytes that do not compress to the first unit, so that its dump takes a while. */
  grow(bytes: number): Promise<void>;
  /** Adds, changes and removes things in every unit, things that were not there before included: all this a restore takes back. */
  change(): Promise<void>;
  /** Counts and content digests of everything in these units, names left out: equal if and only if the contents are. */
  fingerprint(units: readonly string[]): Promise<string>;
  /** What work under this tag left at the target: programs, sessions, staging areas, sidecars. Empty when it is clean. */
  leftovers(tag: string): Promise<readonly string[]>;
  /** Makes the dump that runs under this tag fail now, as kill -9 of its program does. */
  breakDump(tag: string): Promise<void>;

  /** Clients that write to the first unit in whole transactions until disposed. Needed where the engine is `consistent`. */
  startWriters?(): Promise<AsyncDisposable>;
  /** Undefined when a unit shows whole transactions only, else what is broken in it. */
  brokenRule?(unit: string): Promise<string | undefined>;
  /** Runs the same programs in the same place as the reach's host does, cheaply. Undefined where there is no such way. */
  entered?(): Promise<Pick<Host, "write"> | undefined>;
  /** A way to it with a wrong password. Needed where the engine has secret fields. */
  reachAsStranger?(): Reach<Target>;
}

/** Two servers of the same kind: what is taken from the one must come back in the other. */
export interface Pair<Target> {
  original(): Specimen<Target>;
  replica(): Specimen<Target>;
  /** Archives of the original. */
  readonly shelf: Shelf;
}
