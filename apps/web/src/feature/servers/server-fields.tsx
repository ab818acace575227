import { Match, Show, Switch } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { SelectField, TextArea, TextField } from "../../ui/field.tsx";
import type { Server } from "./queries.ts";
import type { AuthKind, ServerDraft } from "./server-draft.ts";

interface ServerFieldsProps {
  draft: ServerDraft;
  onDraft: (change: Partial<ServerDraft>) => void;
  server: Server | undefined;
}

export function ServerFields(props: ServerFieldsProps) {
  const t = useText();
  return (
    <>
      <TextField
        label={t("addServer.name")}
        help={t("addServer.nameHelp")}
        required
        maxlength={120}
        value={props.draft.name}
        onValue={(name) => props.onDraft({ name })}
      />
      <Show when={props.server?.kind !== "local"}>
        <div class="grid gap-4 sm:grid-cols-[1fr_96px]">
          <TextField
            label={t("addServer.host")}
            help={t("addServer.hostHelp")}
            required
            mono
            value={props.draft.host}
            onValue={(host) => props.onDraft({ host })}
          />
          <TextField
            label={t("addServer.port")}
            type="number"
            min={1}
            max={65_535}
            required
            value={props.draft.port}
            onValue={(port) => props.onDraft({ port })}
          />
        </div>
        <AuthFields {...props} />
        <Show when={props.server === undefined}>
          <TextField
            label={t("addServer.root")}
            help={t("addServer.rootHelp")}
            aside={t("words.optional")}
            mono
            value={props.draft.backupRoot}
            onValue={(backupRoot) => props.onDraft({ backupRoot })}
          />
        </Show>
      </Show>
    </>
  );
}

function AuthFields(props: ServerFieldsProps) {
  const t = useText();
  const kinds = (): readonly AuthKind[] =>
    props.server === undefined ? ["key", "password"] : ["keep", "key", "password"];
  const words = {
    keep: "addServer.authKeep",
    key: "addServer.authKey",
    password: "addServer.authPassword",
  } as const;
  const choose = (value: string) => {
    const kind = kinds().find((known) => known === value);
    if (kind !== undefined) props.onDraft({ authKind: kind });
  };
  return (
    <>
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t("addServer.user")}
          help={t("addServer.userHelp")}
          required
          mono
          value={props.draft.user}
          onValue={(user) => props.onDraft({ user })}
        />
        <SelectField
          label={t("addServer.auth")}
          value={props.draft.authKind}
          onValue={choose}
          options={kinds().map((value) => ({ value, label: t(words[value]) }))}
        />
      </div>
      <Switch>
        <Match when={props.draft.authKind === "password"}>
          <TextField
            label={t("addServer.password")}
            type="password"
            autocomplete="new-password"
            required
            value={props.draft.password}
            onValue={(password) => props.onDraft({ password })}
          />
        </Match>
        <Match when={props.draft.authKind === "key"}>
          <TextArea
            label={t("addServer.key")}
            help={t("addServer.keyHelp")}
            mono
            required
            rows={5}
            value={props.draft.privateKey}
            onValue={(privateKey) => props.onDraft({ privateKey })}
          />
          <TextField
            label={t("addServer.passphrase")}
            help={t("addServer.passphraseHelp")}
            aside={t("words.optional")}
            type="password"
            autocomplete="new-password"
            value={props.draft.passphrase}
            onValue={(passphrase) => props.onDraft({ passphrase })}
          />
        </Match>
      </Switch>
    </>
  );
}
