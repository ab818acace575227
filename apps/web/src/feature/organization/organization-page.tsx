import type { RouteSectionProps } from "@solidjs/router";
import { Suspense } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { useMay, useMe } from "../session/me.tsx";

export function OrganizationPage(props: RouteSectionProps) {
  const t = useText();
  const me = useMe();
  const may = useMay();
  const tabs = () => [
    { href: "/organization", label: t("organization.account"), end: true },
    ...(may("admin")
      ? [
          { href: "/organization/encryption", label: t("encryption.title") },
          { href: "/organization/keys", label: t("organization.keys") },
          { href: "/organization/audit", label: t("organization.audit") },
        ]
      : []),
  ];
  return (
    <div class="flex flex-col gap-4">
      <PageHead title={t("organization.title")} about={me().organization.name} />
      <Tabs label={t("organization.tabs")} tabs={tabs()} />
      <Suspense fallback={<ListSkeleton />}>{props.children}</Suspense>
    </div>
  );
}
