import { useParams } from "@solidjs/router";
import { JobList } from "./job-list.tsx";

/** What was done with one resource. */
export function ActivityTab() {
  const params = useParams();
  return <JobList filter={{ resourceId: params.resourceId ?? "" }} />;
}
