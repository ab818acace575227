/** A queue that callbacks fill and an iteration empties. */
export interface Queue<Item> {
  push(item: Item): void;
  /** Ends the iteration at once, with an error. */
  fail(error: unknown): void;
  /** Ends the iteration after what was pushed. */
  end(): void;
  items(): AsyncGenerator<Item, void, void>;
}

/** Turns callbacks into an iteration that loses nothing between two steps. */
export function queueOf<Item>(): Queue<Item> {
  const waiting: Item[] = [];
  let over: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const close = (end: { readonly error?: unknown }) => {
    over ??= end;
    wake?.();
  };
  return {
    push: (item) => {
      waiting.push(item);
      wake?.();
    },
    fail: (error) => close({ error }),
    end: () => close({}),
    async *items() {
      for (;;) {
        if (over !== undefined && "error" in over) throw over.error;
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (over !== undefined) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
