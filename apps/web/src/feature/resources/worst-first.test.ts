import { SAFETY_STATES } from "@cofre/core/model";
import { expect, test } from "vitest";
import { WORST_FIRST, worstFirst } from "./worst-first.ts";

test("every state of safety has its place in the list", () => {
  expect(WORST_FIRST.toSorted()).toEqual(SAFETY_STATES.toSorted());
});

test("what needs a person comes first, then names in order", () => {
  const resource = (name: string, state: (typeof SAFETY_STATES)[number]) => ({ name, safety: { state } });
  const given = [
    resource("b", "proven"),
    resource("z", "unprotected"),
    resource("c", "away"),
    resource("a", "at-risk"),
    resource("a", "unprotected"),
  ];
  expect(worstFirst(given).map(({ name, safety }) => `${safety.state} ${name}`)).toEqual([
    "unprotected a",
    "unprotected z",
    "at-risk a",
    "proven b",
    "away c",
  ]);
});
