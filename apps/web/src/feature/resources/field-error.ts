import type { PanelFault } from "@cofre/sdk/panel";
import { useText } from "../../platform/text.tsx";
import { fieldError } from "./config-form.ts";

/** The same as a sentence for under the field: the words are the server's, and always English. */
export function useFieldError(): (fault: PanelFault | undefined, name: string) => string | undefined {
  const t = useText();
  return (fault, name) => {
    const said = fieldError(fault, name);
    return said === undefined ? undefined : `${t("faultCard.serverSaid")} ${said}`;
  };
}
