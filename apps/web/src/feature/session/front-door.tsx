import type { JSX } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { ProductMark } from "../../ui/product-mark.tsx";
import { LanguageMenu } from "../layout/language-menu.tsx";
import { ThemeMenu } from "../layout/theme-menu.tsx";

/** The page around a form that nobody has signed in to yet. */
export function FrontDoor(props: { title: string; about?: string; children: JSX.Element }) {
  const t = useText();
  return (
    <div class="flex min-h-dvh flex-col bg-base-200">
      <div class="flex justify-end gap-1 p-3">
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <main class="mx-auto flex w-full max-w-[400px] flex-1 flex-col px-4 pt-[min(9vh,80px)] pb-12">
        <div class="mb-6 flex items-center gap-3">
          <ProductMark size={36} />
          <div>
            <p class="text-lg/6 font-semibold tracking-tight">Cofre</p>
            <p class="text-[13px]/5 text-muted">{t("session.promise")}</p>
          </div>
        </div>
        <section class="panel px-5 py-5" aria-labelledby="door-title">
          <h1 id="door-title" class="text-base/6">
            {props.title}
          </h1>
          {props.about ? <p class="text-muted">{props.about}</p> : null}
          <div class="mt-4">{props.children}</div>
        </section>
      </main>
    </div>
  );
}
