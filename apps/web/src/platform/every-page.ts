interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The whole of a list that people look through as one: sorted, counted and chosen from, so that a part of it would lie. */
export async function everyPage<Item>(
  ask: (from: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
): Promise<{ readonly items: readonly Item[] }> {
  const items: Item[] = [];
  let page = await ask({ limit: MOST });
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await ask({ limit: MOST, cursor: page.nextCursor });
    items.push(...page.items);
  }
  return { items };
}

/** As many as one answer has at most. */
const MOST = 200;
