import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { useMe } from "../session/me.tsx";

export function AccountMenu() {
  const api = useApi();
  const t = useText();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation(() => ({
    mutationFn: () => api.session.signOut.mutate(),
    onSettled: () => {
      queries.clear();
      go("/sign-in", { replace: true });
    },
  }));
  return (
    <Menu
      label={`${me().name}: ${t("frame.account")}`}
      class="btn btn-quiet px-2!"
      trigger={
        <>
          <Icon name="user" />
          <span class="max-w-28 truncate max-md:hidden">{me().name}</span>
        </>
      }
    >
      <p class="px-2 py-1.5 text-[13px]/5">
        <span class="block font-medium">{me().name}</span>
        <span class="block text-muted">{me().email}</span>
      </p>
      <MenuLine />
      <MenuItem icon="gear" onSelect={() => go("/organization")}>
        {t("organization.account")}
      </MenuItem>
      <MenuItem icon="signOut" onSelect={() => signOut.mutate()}>
        {t("frame.signOut")}
      </MenuItem>
    </Menu>
  );
}
