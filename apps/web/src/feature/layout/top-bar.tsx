import { A } from "@solidjs/router";
import { createSignal, onCleanup, onMount, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProductMark } from "../../ui/product-mark.tsx";
import { JobsMenu } from "../jobs/jobs-menu.tsx";
import { Palette } from "../palette/palette.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { LanguageMenu } from "./language-menu.tsx";
import { ThemeMenu } from "./theme-menu.tsx";

export function TopBar() {
  const t = useText();
  const [isSearching, setIsSearching] = createSignal(false);
  const press = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    setIsSearching((open) => !open);
  };
  onMount(() => document.addEventListener("keydown", press));
  onCleanup(() => document.removeEventListener("keydown", press));
  return (
    <header class="sticky top-0 z-10 flex h-14 items-center gap-1 border-b border-line bg-base-100/90 px-4 backdrop-blur-sm md:px-6">
      <A href="/" class="mr-2 md:hidden" aria-label="Cofre">
        <ProductMark />
      </A>
      <button
        type="button"
        class="btn btn-plain mr-auto justify-start! text-muted! max-sm:btn-square sm:w-64"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setIsSearching(true)}
      >
        <Icon name="search" class="max-sm:mx-auto" />
        <span class="flex-1 text-left max-sm:sr-only">{t("frame.search")}</span>
        <kbd class="text-[11px] max-sm:hidden">{isMac() ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <JobsMenu />
      <LanguageMenu />
      <ThemeMenu />
      <AccountMenu />
      <Show when={isSearching()}>
        <Palette onClose={() => setIsSearching(false)} />
      </Show>
    </header>
  );
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}
