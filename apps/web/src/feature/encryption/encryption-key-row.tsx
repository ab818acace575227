import { Show } from "solid-js";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { useMay } from "../session/me.tsx";
import type { EncryptionKey } from "./queries.ts";

export type KeyAct = "kit" | "replace" | "remove";

export function EncryptionKeyRow(props: { encryptionKey: EncryptionKey; onAct: (act: KeyAct) => void }) {
  return (
    <li
      data-row
      tabindex="-1"
      class="flex flex-wrap items-center gap-x-4 gap-y-3 border-t border-line px-4 py-3.5 first:border-t-0 hover:bg-(--hover) focus-visible:-outline-offset-2"
    >
      <KeyWords encryptionKey={props.encryptionKey} />
      <KeyActs encryptionKey={props.encryptionKey} onAct={props.onAct} />
    </li>
  );
}

function KeyWords(props: { encryptionKey: EncryptionKey }) {
  const t = useText();
  const format = useFormat();
  const key = () => props.encryptionKey;
  /** In groups of four, as people read them aloud. */
  const fingerprint = () =>
    key()
      .fingerprint.match(/.{1,4}/g)
      ?.join(" ") ?? key().fingerprint;
  const facts = () =>
    [
      // As OpenPGP calls what everybody else calls Ed25519.
      key().algorithm.replace(/Legacy$/, ""),
      key().canDecrypt ? t("encryption.opens") : t("encryption.opensNot"),
      ...((moment) => (moment === null ? [] : [t("encryption.expires", format.day(moment))]))(
        key().expiresAt,
      ),
    ].join(" · ");
  return (
    <div class="min-w-0 flex-1 max-sm:basis-full">
      <p class="flex flex-wrap items-center gap-x-3">
        <span class={`font-semibold ${key().state === "retired" ? "text-muted" : ""}`}>{key().name}</span>
        <span
          class="inline-flex items-center gap-1.5 text-[13px]/5 text-muted"
          title={t(`encryption.stateHelp.${key().state}`)}
        >
          <Icon
            name={key().state === "unconfirmed" ? "alert" : "key"}
            class={key().state === "unconfirmed" ? "text-warning" : ""}
          />
          {t(`encryption.state.${key().state}`)}
        </span>
      </p>
      <p class="text-[13px]/5 text-muted">{facts()}</p>
      <Show when={key().state === "unconfirmed"}>
        <p class="text-[13px]/5">{t("encryption.stateHelp.unconfirmed")}</p>
      </Show>
      <details class="mt-1 text-[13px]/5">
        <summary class="cursor-pointer text-muted select-none">
          {t("encryption.fingerprint")} <code>{fingerprint()}</code>
        </summary>
        <div class="mt-2 flex items-start gap-1 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
          <pre class="max-h-48 min-w-0 flex-1 overflow-auto py-1.5 text-xs/5">{key().publicKey}</pre>
          <CopyButton text={() => key().publicKey} label={t("encryption.copyPublic")} />
        </div>
      </details>
    </div>
  );
}

function KeyActs(props: { encryptionKey: EncryptionKey; onAct: (act: KeyAct) => void }) {
  const t = useText();
  const may = useMay();
  const key = () => props.encryptionKey;
  return (
    <div class="flex items-center gap-1.5">
      <Show when={key().state === "unconfirmed" && key().canDecrypt}>
        <Show
          when={may("owner")}
          fallback={<span class="text-[13px]/5 text-muted">{t("encryption.askOwner")}</span>}
        >
          <Button
            look="main"
            icon="download"
            aria-label={t("encryption.kitOf", key().name)}
            onClick={() => props.onAct("kit")}
          >
            {t("encryption.kit")}
          </Button>
        </Show>
      </Show>
      <Menu label={t("acts.moreOf", key().name)}>
        <Show when={key().state !== "unconfirmed" && key().canDecrypt && may("owner")}>
          <MenuItem icon="download" onSelect={() => props.onAct("kit")}>
            {t("encryption.kitAgain")}
          </MenuItem>
        </Show>
        <Show when={key().state === "active"}>
          <MenuItem icon="refresh" onSelect={() => props.onAct("replace")}>
            {t("encryption.replace")}
          </MenuItem>
          <MenuLine />
        </Show>
        <MenuItem icon="trash" danger onSelect={() => props.onAct("remove")}>
          {t("encryption.remove")}
        </MenuItem>
      </Menu>
    </div>
  );
}
