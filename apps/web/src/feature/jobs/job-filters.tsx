import { JOB_KINDS } from "@cofre/core/model";
import { useText } from "../../platform/text.tsx";
import type { JobSearch } from "./job-filter.ts";

export function JobFilters(props: { search: JobSearch; onSearch: (search: JobSearch) => void }) {
  const t = useText();
  return (
    <>
      <select
        class="select w-auto! min-w-36"
        aria-label={t("jobs.filter")}
        onChange={(event) => props.onSearch({ show: event.currentTarget.value })}
      >
        <option value="">{t("jobs.all")}</option>
        <option value="open" selected={props.search.show === "open"}>
          {t("jobs.open")}
        </option>
        <option value="failed" selected={props.search.show === "failed"}>
          {t("jobs.failed")}
        </option>
      </select>
      <select
        class="select w-auto! min-w-36"
        aria-label={t("jobs.kindFilter")}
        onChange={(event) => props.onSearch({ kind: event.currentTarget.value })}
      >
        <option value="">{t("jobs.allKinds")}</option>
        {JOB_KINDS.map((kind) => (
          <option value={kind} selected={props.search.kind === kind}>
            {t(`jobs.kind.${kind}`)}
          </option>
        ))}
      </select>
    </>
  );
}
