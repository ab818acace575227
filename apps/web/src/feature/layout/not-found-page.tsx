import { useText } from "../../platform/text.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";

export function NotFoundPage() {
  const t = useText();
  return (
    <EmptyState
      icon="search"
      title={t("frame.notFound")}
      act={<ButtonLink href="/">{t("frame.home")}</ButtonLink>}
    >
      {t("frame.notFoundHelp")}
    </EmptyState>
  );
}
