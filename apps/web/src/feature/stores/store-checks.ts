import { useText } from "../../platform/text.tsx";

const KNOWN = [
  "reached",
  "reads-back",
  "keeps-nothing-empty",
  "reads-back-large",
  "reads-ranges",
  "errors-beyond-the-end",
  "never-overwrites",
  "shows-nothing-early",
  "leaves-nothing-of-a-failure",
  "tells-what-is-missing",
  "lists-folders",
  "keeps-odd-names",
  "removes",
  "tells-its-space",
  "locks",
  "expires-nothing",
  "clears-broken-uploads",
] as const;

/** A promise of a store as a sentence; one that this panel does not know keeps its own name. */
export function useCheckName(): (check: string) => string {
  const t = useText();
  return (check) => {
    const known = KNOWN.find((name) => name === check);
    return known === undefined ? check : t(`storeTest.checks.${known}`);
  };
}
