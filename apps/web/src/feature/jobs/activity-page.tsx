import { useSearchParams } from "@solidjs/router";
import { useText } from "../../platform/text.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { filterFrom } from "./job-filter.ts";
import { JobFilters } from "./job-filters.tsx";
import { JobList } from "./job-list.tsx";

export function ActivityPage() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  return (
    <div class="flex flex-col gap-4">
      <PageHead
        title={t("jobs.title")}
        about={t("jobs.about")}
        acts={<JobFilters search={search} onSearch={(search) => setSearch({ ...search })} />}
      />
      <JobList filter={filterFrom(search)} />
    </div>
  );
}
