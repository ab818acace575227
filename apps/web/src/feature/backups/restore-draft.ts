import type { RestoreOption } from "@cofre/core/model";
import type { RouterInputs } from "@cofre/sdk/panel";
import { createSignal } from "solid-js";
import { createStore } from "solid-js/store";
import { useText } from "../../platform/text.tsx";
import type { EngineFacts, Resource } from "../resources/queries.ts";
import type { Backup } from "./queries.ts";
import { singleUnit, useCapabilities, useUnitName } from "./unit-name.ts";

type Wanted = Omit<RouterInputs["backups"]["restore"], "resourceId" | "id">;

/** What becomes of objects that are there and not in the backup. */
type Mode = NonNullable<Wanted["mode"]>;

/** What the API calls another place for each kind of unit. */
const PLACES = { database: "unit", server: "unit", bucket: "bucket", path: "path" } as const;

interface Of {
  backup: () => Backup;
  resource: () => Resource;
}

/** What is going to be restored, and where to, as the person fills it in. */
export function useRestoreDraft(of: Of) {
  const t = useText();
  const unitName = useUnitName();
  const part = useChosenPart(of);
  const [safetyBackup, setSafetyBackup] = createSignal(true);
  const choices = useChoices(part.promises);
  const [destination, setDestination] = createStore({ resourceId: of.resource().id, unit: "" });
  const otherName = () => (part.single() === undefined ? "" : destination.unit.trim());
  const isRenamed = () => otherName() !== "" && otherName() !== part.single();
  const unit = () => {
    const ticked = part.units();
    if (part.single() !== undefined) return otherName() || (part.single() ?? "");
    return ticked === undefined ? unitName(of.backup()) : t("restore.some", ticked.length);
  };
  /** What the API is asked for; `into` is the destination's id when it is another resource. */
  const wanted = (into: string | undefined): Wanted => {
    const units = part.units();
    const place = {
      ...(into === undefined ? {} : { resourceId: into }),
      ...(isRenamed() ? { [PLACES[part.promises()?.unit ?? "database"]]: otherName() } : {}),
    };
    return {
      safetyBackup: safetyBackup(),
      ...choices.wanted(),
      ...(units === undefined ? {} : { units }),
      ...(Object.keys(place).length === 0 ? {} : { destination: place }),
    };
  };
  return {
    ...part,
    safetyBackup,
    setSafetyBackup,
    choices,
    destination,
    setDestination,
    unit,
    isRenamed,
    wanted,
  };
}

export type RestoreDraft = ReturnType<typeof useRestoreDraft>;

/** What comes along beside the data: everything the engine has, unless it is unticked. */
function useChoices(promises: () => EngineFacts["capabilities"] | undefined) {
  const options = () => promises()?.restoreOptions ?? [];
  const hasModes = () => promises()?.unit === "bucket";
  const [mode, setMode] = createSignal<Mode>("mirror");
  const [kept, setKept] = createStore<Record<RestoreOption, boolean>>({
    ownership: true,
    rights: true,
    roles: true,
  });
  return {
    options,
    hasModes,
    mode,
    setMode,
    kept,
    setKept: (option: RestoreOption, isKept: boolean) => setKept({ [option]: isKept }),
    wanted: (): Partial<Wanted> => ({
      ...(hasModes() ? { mode: mode() } : {}),
      ...Object.fromEntries(options().map((option) => [option, kept[option]])),
    }),
  };
}

/** All that an archive holds, or what is ticked of it. */
function useChosenPart(of: Of) {
  const capabilities = useCapabilities();
  const [scope, setScope] = createSignal<"all" | "some">("all");
  const [chosen, setChosen] = createStore<Record<string, boolean>>({});
  const promises = () => capabilities(of.resource().type);
  const inside = () => of.backup().units.map(({ name }) => name);
  /** Names that were ticked; undefined while everything is wanted. */
  const units = () => (scope() === "all" ? undefined : inside().filter((name) => chosen[name]));
  /** The one thing that is restored; only that can be given another name. */
  const single = () => {
    const ticked = units();
    if (ticked === undefined) return singleUnit(of.backup(), promises());
    return ticked.length === 1 ? ticked[0] : undefined;
  };
  return {
    scope,
    setScope,
    chosen,
    setChosen: (name: string, isChosen: boolean) => setChosen({ [name]: isChosen }),
    promises,
    inside,
    units,
    single,
    isNothing: () => units()?.length === 0,
    isWhole: () =>
      units() === undefined &&
      single() === undefined &&
      (promises()?.unit === "server" || inside().length === 0),
  };
}
