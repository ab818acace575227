import { expect, test } from "vitest";
import { en } from "./en.ts";
import { ptBr } from "./pt-br.ts";

/** Every text that is not made of facts, by its key. */
function plainTexts(dictionary: object, path = ""): [string, string][] {
  return Object.entries(dictionary).flatMap(([key, value]): [string, string][] => {
    if (typeof value === "string") return [[`${path}${key}`, value]];
    return typeof value === "object" && value !== null ? plainTexts(value, `${path}${key}.`) : [];
  });
}

test.each([
  ["pt-BR", ptBr],
  ["en", en],
])("%s speaks calmly: no exclamation marks, no emoji, no stray spaces", (_, dictionary) => {
  const loud = plainTexts(dictionary).filter(([, text]) =>
    /!|\bops\b|\boops\b|\p{Extended_Pictographic}|\s{2}|^\s|\s$/iu.test(text),
  );
  expect(loud).toEqual([]);
});

test("Portuguese does not borrow words that it has", () => {
  const texts = plainTexts(ptBr).filter(([key]) => !key.startsWith("languages."));
  const borrowed = texts.filter(([, text]) => /\b(host|server|password|schedule|restore|job)\b/i.test(text));
  expect(borrowed).toEqual([]);
});
