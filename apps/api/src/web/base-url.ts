import type { Config } from "../config.ts";

/** Where this installation is reached: as it was told, else as this very request reached it. Without a slash at its end. */
export function baseUrlOf({ publicUrl }: Pick<Config, "publicUrl">, headers: Headers): string {
  if (publicUrl !== undefined) return publicUrl;
  // Without COFRE_PUBLIC_URL there is no proxy that we know of, so plain HTTP.
  return `http://${headers.get("host") ?? "localhost"}`;
}
