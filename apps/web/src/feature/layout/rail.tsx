import { A } from "@solidjs/router";
import { For } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { ProductMark } from "../../ui/product-mark.tsx";
import { useChosenProject } from "./chosen-project.ts";
import { ProjectMenu } from "./project-menu.tsx";

interface Place {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

/** Beside the content; under 768 px a bar below it, within reach of a thumb. */
export function Rail() {
  const t = useText();
  const project = useChosenProject();
  const work = (): Place[] => [
    { href: project() ? `/projects/${project()?.id}` : "/", label: t("frame.resources"), icon: "resources" },
    { href: "/activity", label: t("frame.activity"), icon: "activity" },
  ];
  const house = (): Place[] => [
    { href: "/servers", label: t("frame.servers"), icon: "server" },
    { href: "/stores", label: t("frame.stores"), icon: "archive" },
    { href: "/organization", label: t("frame.organization"), icon: "people" },
  ];
  return (
    <nav
      aria-label={t("frame.nav")}
      class="z-20 flex border-line bg-base-200 max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:border-t max-md:pb-[env(safe-area-inset-bottom)] md:sticky md:top-0 md:h-dvh md:w-56 md:flex-col md:border-r md:px-3 md:py-3"
    >
      <A href="/" class="mb-3 flex h-8 items-center gap-2.5 rounded-md px-2 max-md:hidden">
        <ProductMark />
        <span class="text-[15px] font-semibold tracking-tight">Cofre</span>
      </A>
      <div class="mb-2 max-md:hidden">
        <ProjectMenu />
      </div>
      <Places places={work()} />
      <div class="my-2 border-t border-line max-md:hidden" />
      <Places places={house()} />
    </nav>
  );
}

function Places(props: { places: readonly Place[] }) {
  return (
    <ul class="max-md:contents md:flex md:flex-col md:gap-0.5">
      <For each={props.places}>
        {(place) => (
          <li class="max-md:min-w-0 max-md:flex-1">
            <A
              href={place.href}
              class="flex items-center rounded-md text-muted hover:bg-(--hover) hover:text-base-content max-md:h-14 max-md:flex-col max-md:justify-center max-md:gap-1 max-md:text-[10.5px]/3 max-md:tracking-tight max-md:whitespace-nowrap md:h-8 md:gap-2.5 md:px-2.5"
              activeClass="font-medium text-base-content! md:bg-(--hover) max-md:text-primary!"
            >
              <Icon name={place.icon} />
              {place.label}
            </A>
          </li>
        )}
      </For>
    </ul>
  );
}
