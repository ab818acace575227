import { type Fetched, type Fetching, fetchSmall, SMALL_BYTES } from "./s3-fetch.ts";
import type { Listed } from "./s3-list.ts";

const IN_FLIGHT = 32;
/** Of small objects that are here and not yet taken. */
const BUDGET_BYTES = 64 << 20;

/** An object in its turn: a small one with its bytes, a large one still to be opened, undefined when it is gone. */
export interface InTurn {
  readonly listed: Listed;
  readonly fetched: Fetched | undefined;
  readonly isLarge: boolean;
}

interface Waiting {
  readonly listed: Listed;
  readonly bytes: number;
  readonly fetched: Promise<Fetched | undefined> | undefined;
}

/** Gives objects in the order of the listing, many small ones asked for at once, and never more in memory than the budget. */
export async function* inTurn(
  fetching: Fetching,
  pages: AsyncIterable<readonly Listed[]>,
): AsyncGenerator<InTurn> {
  const queue: Waiting[] = [];
  const items = flat(pages);
  let held = 0;
  let isOver = false;
  for (;;) {
    while (!isOver && queue.length < IN_FLIGHT && (held < BUDGET_BYTES || queue.length === 0)) {
      const { value, done } = await items.next();
      if (done === true) {
        isOver = true;
        break;
      }
      const waiting = start(fetching, value);
      held += waiting.bytes;
      queue.push(waiting);
    }
    const next = queue.shift();
    if (next === undefined) return;
    const fetched = await next.fetched;
    held -= next.bytes;
    const isGrown = fetched !== undefined && fetched.whole === undefined;
    yield { listed: next.listed, fetched, isLarge: next.fetched === undefined || isGrown };
  }
}

function start(fetching: Fetching, listed: Listed): Waiting {
  const isHere = listed.version?.isDeletion === true || listed.bytes > SMALL_BYTES;
  if (isHere) return { listed, bytes: 0, fetched: undefined };
  const fetched = fetchSmall(fetching, listed);
  // Its failure is told in its turn.
  fetched.catch(() => undefined);
  return { listed, bytes: listed.bytes, fetched };
}

async function* flat(pages: AsyncIterable<readonly Listed[]>): AsyncGenerator<Listed> {
  for await (const page of pages) yield* page;
}
