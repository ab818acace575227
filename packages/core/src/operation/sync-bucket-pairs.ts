import type { Listed } from "../engine/s3-list.ts";

/** An object, its copy, or both. */
export interface Pair {
  readonly key: string;
  readonly source: Listed | undefined;
  readonly there: Listed | undefined;
}

type Pages = AsyncIterable<readonly Listed[]>;

/**
 * Lays two listings side by side without holding either: both come in the order of their keys' bytes. Of a provider that lists in
 * another order an object and its copy may come apart, never twice: whoever deletes asks the source for that very key before.
 */
export async function* paired(source: Pages, there: Pages): AsyncGenerator<Pair> {
  await using left = cursorOf(source);
  await using right = cursorOf(there);
  await Promise.all([left.next(), right.next()]);
  for (;;) {
    const [one, other] = [left.current(), right.current()];
    if (one === undefined && other === undefined) return;
    const order = orderOf(one, other);
    yield {
      key: (order <= 0 ? one : other)?.key ?? "",
      source: order <= 0 ? one : undefined,
      there: order >= 0 ? other : undefined,
    };
    if (order <= 0) await left.next();
    if (order >= 0) await right.next();
  }
}

function orderOf(one: Listed | undefined, other: Listed | undefined): number {
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  if (one.key === other.key) return 0;
  return Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));
}

interface Cursor extends AsyncDisposable {
  current(): Listed | undefined;
  next(): Promise<void>;
}

function cursorOf(pages: Pages): Cursor {
  const asked = pages[Symbol.asyncIterator]();
  let page: readonly Listed[] = [];
  let at = 0;
  return {
    current: () => page[at],
    async next() {
      at += 1;
      while (at >= page.length) {
        const { done, value } = await asked.next();
        [page, at] = [done === true ? [] : value, 0];
        if (done === true) return;
      }
    },
    [Symbol.asyncDispose]: async () => void (await asked.return?.()),
  };
}
