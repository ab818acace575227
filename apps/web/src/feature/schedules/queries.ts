import type { PanelApi, RouterInputs, RouterOutputs } from "@cofre/sdk/panel";
import { keepPreviousData, queryOptions } from "@tanstack/solid-query";

export type Schedule = RouterOutputs["schedules"]["get"];
export type Timing = RouterInputs["schedules"]["preview"];

export const scheduleQuery = (api: PanelApi, resourceId: string) =>
  queryOptions({
    queryKey: ["schedule", resourceId],
    queryFn: ({ signal }) => api.schedules.get.query({ resourceId }, { signal }),
  });

export const previewQuery = (api: PanelApi, timing: Timing) =>
  queryOptions({
    queryKey: ["schedule-preview", timing],
    queryFn: ({ signal }) => api.schedules.preview.query(timing, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
