import { type Flatten, flatten, translator } from "@solid-primitives/i18n";
import { createContext, createResource, createSignal, type ParentProps, Show, useContext } from "solid-js";
import type { ptBr } from "../text/pt-br.ts";

export type Language = "pt-BR" | "en";
export const LANGUAGES = ["pt-BR", "en"] as const satisfies readonly Language[];

type Dictionary = Flatten<typeof ptBr>;
type Say = (...facts: never[]) => string;
type Key = { [K in keyof Dictionary]: Dictionary[K] extends string | Say ? K : never }[keyof Dictionary];
type FactsOf<Word> = Word extends (...facts: infer Facts) => string ? Facts : [];

/** `t("acts.cancel")`, `t("backups.count", 3)`: a key or a fact that is missing does not compile. */
export type Translate = <K extends Key>(key: K, ...facts: FactsOf<Dictionary[K]>) => string;

const STORED = "cofre.language";
const LOAD: Readonly<Record<Language, () => Promise<typeof ptBr>>> = {
  "pt-BR": () => import("../text/pt-br.ts").then((module) => module.ptBr),
  en: () => import("../text/en.ts").then((module) => module.en),
};

interface Spoken {
  readonly t: Translate;
  readonly language: () => Language;
  readonly speak: (language: Language) => void;
}

const TextContext = createContext<Spoken>();

/** Loads the reader's dictionary before anything is drawn, and the other one when it is chosen. */
export function TextProvider(props: ParentProps) {
  const [language, setLanguage] = createSignal(firstLanguage());
  const [dictionary] = createResource(language, async (chosen) => {
    const texts = flatten(await LOAD[chosen]());
    document.documentElement.lang = chosen;
    return texts;
  });
  // checked: nothing below is drawn before a dictionary is there
  const t = translator(() => dictionary.latest) as Translate;
  const speak = (chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  };
  return (
    <Show when={dictionary.latest}>
      <TextContext.Provider value={{ t, language, speak }}>{props.children}</TextContext.Provider>
    </Show>
  );
}

/** The reader's words. */
export function useText(): Translate {
  return useSpoken().t;
}

export function useLanguage(): Pick<Spoken, "language" | "speak"> {
  return useSpoken();
}

function useSpoken(): Spoken {
  const spoken = useContext(TextContext);
  if (spoken === undefined) throw new Error("text is used outside TextProvider");
  return spoken;
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "pt-BR" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("en") ? "en" : "pt-BR";
}
