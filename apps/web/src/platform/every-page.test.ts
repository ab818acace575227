import { expect, test } from "vitest";
import { everyPage } from "./every-page.ts";

test("a list that ends is read to its end, in its order", async () => {
  const asked: (string | undefined)[] = [];
  const pages = [
    { items: [1, 2], nextCursor: "b" },
    { items: [], nextCursor: "c" },
    { items: [3], nextCursor: null },
  ];
  const { items } = await everyPage(async ({ cursor }) => {
    asked.push(cursor);
    return pages[asked.length - 1] ?? { items: [], nextCursor: null };
  });
  expect(items).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, "b", "c"]);
});
