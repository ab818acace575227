import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY_BYTES = 4 * 1024 * 1024;

type Collect = (how: { readonly type: "minor" }) => void;

const collect = collector();
let allocated = 0;

/**
 * To be told of each buffer that a long stream allocates. V8 counts bytes outside its heap, and marks the whole heap after every 64 MB
 * of them: six times a second in a download, a third of its time, although nearly all of those buffers are dead. A collection of the
 * young ones alone frees them in half a millisecond; left to itself V8 does that when its own 16 MB are full, which buffers do not fill.
 */
export function countBuffer(bytes: number): void {
  allocated += bytes;
  if (allocated < EVERY_BYTES) return;
  allocated = 0;
  collect({ type: "minor" });
}

function collector(): Collect {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  return isCollect(gc) ? gc : () => undefined;
}

function isCollect(gc: unknown): gc is Collect {
  return typeof gc === "function";
}
