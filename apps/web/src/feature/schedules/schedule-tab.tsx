import { useQuery } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { Faces } from "../../ui/faces.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { useResource } from "../resources/resource-context.tsx";
import { scheduleQuery } from "./queries.ts";
import { ScheduleForm } from "./schedule-form.tsx";

export function ScheduleTab() {
  const api = useApi();
  const resource = useResource();
  const schedule = useQuery(() => scheduleQuery(api, resource().id));
  return (
    <Faces of={schedule} skeleton={<ListSkeleton rows={3} />}>
      {(known) => <ScheduleForm schedule={known()} />}
    </Faces>
  );
}
