/** `many(3, "recurso", "recursos")` → `3 recursos`, by the language's own rules and digits. */
export function pluralIn(language: string): (count: number, one: string, other: string) => string {
  const rules = new Intl.PluralRules(language);
  const digits = new Intl.NumberFormat(language);
  return (count, one, other) => `${digits.format(count)} ${rules.select(count) === "one" ? one : other}`;
}
