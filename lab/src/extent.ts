/** How much is asked of one version of a server by an engine's own suite; what is asked nowhere else goes out and comes back in the matrix. */
export type Extent = "every promise" | "round trips" | "the matrix alone";

/** The extent to run with: `COFRE_EVERY_PROMISE=1` asks everything of every version, for the long run before a release. */
export function extentOf(usual: Extent): Extent {
  return process.env.COFRE_EVERY_PROMISE === "1" ? "every promise" : usual;
}

/** The versions that a suite is to run with, and what is asked of each. */
export function extentsOf<Version extends string>(
  usual: Readonly<Record<Version, Extent>>,
): readonly { readonly version: Version; readonly extent: Exclude<Extent, "the matrix alone"> }[] {
  // checked: these are the record's own keys
  const versions = Object.keys(usual) as Version[];
  return versions.flatMap((version) => {
    const extent = extentOf(usual[version]);
    return extent === "the matrix alone" ? [] : [{ version, extent }];
  });
}
