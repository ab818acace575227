import type { PanelApi } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, RadioField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import type { ChoiceOf } from "../stores/store-choice.tsx";
import { type EncryptionChoice, type EncryptionKey, encryptionKeysQuery } from "./queries.ts";

const MODES = ["inherit", "plain", "encrypted"] as const;

const choiceQuery = (api: PanelApi, of: ChoiceOf) =>
  queryOptions({
    queryKey: ["encryption-choice", of],
    queryFn: ({ signal }) =>
      "resourceId" in of
        ? api.encryption.ofResource.query(of, { signal })
        : api.encryption.ofProject.query(of, { signal }),
  });

function choose(api: PanelApi, of: ChoiceOf, choice: EncryptionChoice): Promise<EncryptionChoice> {
  return "resourceId" in of
    ? api.encryption.chooseForResource.mutate({ ...of, ...choice })
    : api.encryption.chooseForProject.mutate({ ...of, ...choice });
}

/** Whether backups are encrypted from now on, and for whom. */
export function EncryptionChoicePanel(props: { of: ChoiceOf }) {
  const api = useApi();
  const t = useText();
  const keys = useQuery(() => encryptionKeysQuery(api));
  const choice = useQuery(() => choiceQuery(api, props.of));
  return (
    <Panel title={t("encryptionChoice.title")} about={t("encryptionChoice.about")}>
      <Faces of={choice} skeleton={<div class="h-40" />}>
        {(known) => (
          <Faces of={keys} skeleton={<div class="h-40" />}>
            {(page) => (
              <ChoiceForm
                of={props.of}
                choice={known()}
                keys={page().items.filter(({ state }) => state === "active")}
              />
            )}
          </Faces>
        )}
      </Faces>
    </Panel>
  );
}

function ChoiceForm(props: { of: ChoiceOf; choice: EncryptionChoice; keys: readonly EncryptionKey[] }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [chosen, setChosen] = createStore<Record<string, boolean>>(
    Object.fromEntries(props.choice.keyIds.map((id) => [id, true])),
  );
  const isOfResource = () => "resourceId" in props.of;
  // Above a project there is nothing that plain could differ from.
  const [mode, setMode] = createSignal<EncryptionChoice["mode"]>(
    props.choice.mode === "plain" && !isOfResource() ? "inherit" : props.choice.mode,
  );
  const keyIds = () => (mode() === "encrypted" ? Object.keys(chosen).filter((id) => chosen[id]) : []);
  const save = useMutation(() => ({
    mutationFn: () => choose(api, props.of, { mode: mode(), keyIds: keyIds() }),
    onSuccess: async () => {
      toast(t("encryptionChoice.saved"));
      await queries.invalidateQueries({ queryKey: ["encryption-choice"] });
    },
  }));
  const modes = () => [
    { value: "inherit", label: t(`encryptionChoice.inherit.${isOfResource() ? "project" : "server"}`) },
    ...(isOfResource() ? [{ value: "plain", label: t("encryptionChoice.plain") }] : []),
    {
      value: "encrypted",
      label: t("encryptionChoice.encrypted"),
      help: t("encryptionChoice.encryptedHelp"),
    },
  ];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div class="flex flex-col gap-4 px-5 py-4">
        <RadioField
          legend={t("encryptionChoice.mode")}
          value={mode()}
          onValue={(value) => setMode(MODES.find((known) => known === value) ?? "inherit")}
          options={modes()}
        />
        <Show when={mode() === "encrypted"}>
          <KeyChecks
            keys={props.keys}
            chosen={chosen}
            onChosen={(id, isChosen) => setChosen({ [id]: isChosen })}
          />
        </Show>
        <CaughtFault attempted={t("encryptionChoice.title")} error={save.error} />
      </div>
      <footer class="flex justify-end border-t border-line px-5 py-3">
        <Button
          type="submit"
          look="main"
          disabled={mode() === "encrypted" && keyIds().length === 0}
          busy={save.isPending}
        >
          {t("encryptionChoice.save")}
        </Button>
      </footer>
    </form>
  );
}

function KeyChecks(props: {
  keys: readonly EncryptionKey[];
  chosen: Readonly<Record<string, boolean>>;
  onChosen: (id: string, isChosen: boolean) => void;
}) {
  const t = useText();
  return (
    <fieldset class="flex flex-col gap-2 rounded-lg border border-line p-3">
      <legend class="sr-only">{t("encryptionChoice.keys")}</legend>
      <For
        each={props.keys}
        fallback={
          <div class="flex flex-wrap items-center justify-between gap-2">
            <p class="text-muted">{t("encryptionChoice.none")}</p>
            <ButtonLink href="/organization/encryption" icon="key">
              {t("encryptionChoice.goMake")}
            </ButtonLink>
          </div>
        }
      >
        {(key) => (
          <CheckField
            label={key.name}
            help={key.canDecrypt ? t("encryption.opens") : t("encryption.opensNot")}
            checked={props.chosen[key.id] === true}
            onChecked={(isChosen) => props.onChosen(key.id, isChosen)}
          />
        )}
      </For>
    </fieldset>
  );
}
