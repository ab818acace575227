import { useInfiniteQuery } from "@tanstack/solid-query";
import { createSignal, For, Match, Show, Switch } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { BrowseTrail } from "./browse-trail.tsx";
import { FolderRow, type ObjectAct, ObjectRow } from "./browsed-rows.tsx";
import { ContentsBar } from "./contents-bar.tsx";
import { ObjectPreview } from "./object-preview.tsx";
import { type Browsed, type BrowsedObject, browseQuery, type Place } from "./queries.ts";
import { RemoveObjectDialog } from "./remove-object-dialog.tsx";

const COLUMNS = "minmax(0,1fr) auto auto auto";

/** One folder of a bucket, or what a search finds below it, page by page. */
export function BucketContents(props: { place: Place }) {
  const api = useApi();
  const t = useText();
  const contents = useInfiniteQuery(() => browseQuery(api, props.place));
  const isSearch = () => props.place.search !== "";
  const isEmpty = (pages: readonly Browsed[]) =>
    pages.every(({ folders, objects }) => folders.length + objects.length === 0);
  const more = () => (
    <Show when={contents.hasNextPage}>
      <div class="flex justify-center">
        <Button busy={contents.isFetchingNextPage} onClick={() => void contents.fetchNextPage()}>
          {t("acts.showMore")}
        </Button>
      </div>
    </Show>
  );
  return (
    <div class="flex flex-col gap-3">
      <BrowseTrail place={props.place} />
      <ContentsBar place={props.place} names={namesIn(contents.isPending ? [] : contents.data?.pages)} />
      <Faces
        of={contents}
        skeleton={<ListSkeleton rows={5} />}
        isEmpty={(data) => isEmpty(data.pages)}
        empty={
          <>
            <EmptyState
              icon={isSearch() ? "search" : "archive"}
              title={isSearch() ? t("browse.nothing") : t("browse.empty")}
            >
              {isSearch() ? t("browse.nothingHelp") : t("browse.emptyHelp")}
            </EmptyState>
            {more()}
          </>
        }
      >
        {(data) => (
          <>
            <ContentsTable place={props.place} pages={data().pages} />
            {more()}
          </>
        )}
      </Faces>
    </div>
  );
}

function ContentsTable(props: { place: Place; pages: readonly Browsed[] }) {
  const t = useText();
  const [open, setOpen] = createSignal<{ act: ObjectAct; object: BrowsedObject }>();
  const opened = (act: ObjectAct) => (open()?.act === act ? open()?.object : undefined);
  return (
    <>
      <table
        class="grid-table"
        style={{ "--columns": COLUMNS }}
        aria-label={t("browse.list", `${props.place.bucket}/${props.place.prefix}`)}
      >
        <thead class="grid-body">
          <tr class="grid-row is-head">
            <th scope="col">{t("browse.name")}</th>
            <th scope="col" class="is-number">
              {t("browse.size")}
            </th>
            <th scope="col">{t("browse.modified")}</th>
            <th scope="col">
              <span class="sr-only">{t("browse.acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody class="grid-body">
          <For each={props.pages.flatMap(({ folders }) => folders)}>
            {(folder) => <FolderRow name={folder.name} prefix={folder.prefix} />}
          </For>
          <For each={props.pages.flatMap(({ objects }) => objects)}>
            {(object) => (
              <ObjectRow place={props.place} object={object} onAct={(act) => setOpen({ act, object })} />
            )}
          </For>
        </tbody>
      </table>
      <Switch>
        <Match when={opened("preview")}>
          {(object) => <ObjectPreview place={props.place} object={object()} onClose={() => setOpen()} />}
        </Match>
        <Match when={opened("remove")}>
          {(object) => <RemoveObjectDialog place={props.place} object={object()} onClose={() => setOpen()} />}
        </Match>
      </Switch>
    </>
  );
}

function namesIn(pages: readonly Browsed[] | undefined): ReadonlySet<string> {
  return new Set((pages ?? []).flatMap(({ objects }) => objects.map(({ name }) => name)));
}
