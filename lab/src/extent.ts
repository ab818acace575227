/** How much is asked of one version of a server. */
export type Extent = "every promise" | "round trips";

/** The extent to run with: `COFRE_EVERY_PROMISE=1` asks everything of every version, for the long run before a release. */
export function extentOf(usual: Extent): Extent {
  return process.env.COFRE_EVERY_PROMISE === "1" ? "every promise" : usual;
}
