type Defined<Given> = { [Key in keyof Given]: Exclude<Given[Key], undefined> };

/** The fields that were given; what was left out stays as it is. */
export function definedOf<Given extends object>(given: Given): Partial<Defined<Given>> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  // checked: only undefined values were taken out
  return Object.fromEntries(entries) as Partial<Defined<Given>>;
}
