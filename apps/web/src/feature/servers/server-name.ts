import { useText } from "../../platform/text.tsx";

/** As the API names the machine it runs on; whoever gives it another name sees that one. */
const UNNAMED = "this machine";

/** A server's name; the machine of the first start is called so in the reader's language. */
export function useServerName(): (name: string) => string {
  const t = useText();
  return (name) => (name === UNNAMED ? t("servers.local") : name);
}
