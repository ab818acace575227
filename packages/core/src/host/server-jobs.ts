import type { Readable } from "node:stream";
import type { LoweredCommand } from "./host.ts";

/**
 * Several commands joined on the server itself, as one detached process group with a journal folder there: it outlives a cut
 * connection and a restart of Cofre, can be polled, cancelled and found again.
 */
export interface ServerJobSpec {
  /** 32 characters of [0-9a-f]: a fixed length, because the tag is matched as a substring. Starting the same id again attaches to it. */
  readonly id: string;
  /** The installation's id; a job of another owner is never touched. */
  readonly owner: string;
  /** Folder of all journals on that server, for example `/opt/backups/.cofre/jobs`. */
  readonly journals: string;
  /**
   * Each stage's stdout is the next one's stdin. One process per `docker exec`. A command with a box MUST be the box's client, the
   * word `exec` and its options: the job's tag, the companion's variable and `-i` are put behind that word.
   */
  readonly stages: readonly [LoweredCommand, ...LoweredCommand[]];
  /** A file for the first stage's stdin; its bytes are digested when there is no `output`. */
  readonly input?: { readonly path: string };
  /** Where the last stage's stdout comes to rest: written beside as `<path>.<id>.partial`, synced, published without overwriting. Digested. */
  readonly output?: { readonly path: string };
  /**
   * Runs beside the stages, started first. Its first line of stdout is exported to the stages under this name before they start;
   * all of it is kept (at most 16 MiB). The job fails when it fails.
   */
  readonly companion?: { readonly command: LoweredCommand; readonly exports: string };
  /**
   * Gets a copy of the first stage's stdout (the raw dump) on its stdin; its stdout is kept (at most 64 KiB), its exit code counts. Who
   * needs only the end of it says so: that costs no copy where the server has perl.
   */
  readonly observer?: LoweredCommand | LastBytes;
}

/** So many bytes of the end of a stream, at most 64 KiB. */
export interface LastBytes {
  readonly lastBytes: number;
}

export type ServerJobState = "running" | "done" | "failed" | "cancelled" | "died" | "absent";

/** What the journal says. */
export interface ServerJobView {
  readonly id: string;
  /** `died` = neither ended nor alive (killed, or the machine restarted); `absent` = no such journal. */
  readonly state: ServerJobState;
  /** Bytes at rest so far (output), or read from the input so far. */
  readonly bytes: number;
  /** Bytes on the dump's side of the last stage, where the server can tell. */
  readonly rawBytes: number | null;
  /**
   * Exit code of what has ended, in the order of their ends: `stage1`, `stage2`…, `companion`, `observer`, and the parts between
   * them: `source` (reads the input), `copy` (to the observer), `digest`, `sink` (writes the output).
   */
  readonly codes: Readonly<Record<string, number | null>>;
  /**
   * What failed first and made the rest fail: a name of `codes`, or `left` (a program ran on after its client had ended),
   * `publish` (the output's name was taken meanwhile), `journal`, `runner` (was told to end). Null when nothing did.
   */
  readonly firstFailure: string | null;
  /** Of the output or stream, else of the input; null until it is over or when the server has no tool for it. */
  readonly sha256: string | null;
  /** Head and tail of everything the stages said, at most 4 KiB. */
  readonly stderr: string;
  /** Only once the job is over. */
  readonly companion: string | null;
  readonly observed: Uint8Array | null;
  /** Without `output`, in a job that is not streamed: what the last stage printed on stdout, at most its last 64 KiB. Only once the job is over. */
  readonly printed: string | null;
  /** Increases while anything inside works (CPU time of the tagged processes, bytes), even when no byte flows: a stall detector's sign of life. */
  readonly lifeSign: number;
}

/** The work that can be left running on a server. POSIX sh only; secrets travel on stdin of the start. */
export interface ServerJobs {
  /**
   * Starts, or attaches to, a detached job. Resolves once it runs (or has already ended). Throws `server.permission`,
   * `server.read-only`, `server.no-space` (with sizes), `not.found` (folder of the output), `archive.missing` (the input),
   * `store.exists` (the output), `state.conflict` (the id is another owner's).
   */
  start(spec: ServerJobSpec): Promise<ServerJobView>;
  /** Runs the stages attached, last stage's stdout as a stream (no `output`): for archives that rest elsewhere. The stream MUST error unless every stage, companion and observer exited 0. */
  stream(
    spec: ServerJobSpec,
    signal?: AbortSignal,
  ): { readonly bytes: Readable; readonly ended: Promise<ServerJobView> };
  /**
   * Runs the stages attached, fed from a stream (no `input`). The stages see an end of their input only when every byte arrived:
   * MUST cancel the job and reject when the source errors. Resolves with the view of a job that ended by itself, also a failed one.
   */
  feed(spec: ServerJobSpec, source: Readable, signal?: AbortSignal): Promise<ServerJobView>;
  /**
   * One command for all ids, about 6 ms a job. With `waitMs` it answers when the first of them is over, or after so long; also at
   * once, where the job or the server has nothing to wait with.
   */
  poll(journals: string, ids: readonly string[], waitMs?: number): Promise<readonly ServerJobView[]>;
  /** Every job of this owner under the folder. */
  list(journals: string, owner: string): Promise<readonly ServerJobView[]>;
  /**
   * Stops everything that carries the job's tag, inside containers too, and looks that it is gone; sweeps what a dead job left.
   * Resolves with the final view: `cancelled`, or how it had ended before. Still `running` or `died` when something could not be
   * stopped within ten seconds. Throws `state.conflict` when it is not this owner's.
   */
  cancel(journals: string, id: string, owner?: string): Promise<ServerJobView>;
  /** Removes an ended job's journal, sweeping what a dead job left; nothing there is no error. Throws `state.conflict` while it runs. */
  forget(journals: string, id: string, owner?: string): Promise<void>;
}
