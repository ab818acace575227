import { useSearchParams } from "@solidjs/router";
import { Show } from "solid-js";
import { useResource } from "../resources/resource-context.tsx";
import { BucketContents } from "./bucket-contents.tsx";
import { BucketList } from "./bucket-list.tsx";

/** Buckets, then folders; every place has an address that can be sent to a colleague. */
export function BrowseTab() {
  const resource = useResource();
  const [search] = useSearchParams();
  const text = (value: string | string[] | undefined) => (typeof value === "string" ? value : "");
  const place = () => ({
    resourceId: resource().id,
    bucket: text(search.bucket),
    prefix: text(search.prefix),
    search: text(search.search),
  });
  return (
    <Show when={place().bucket !== ""} fallback={<BucketList />}>
      <BucketContents place={place()} />
    </Show>
  );
}
