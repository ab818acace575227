import { useText } from "../../platform/text.tsx";
import { chooseTheme, THEMES, theme } from "../../platform/theme.ts";
import { Menu, MenuChoice } from "../../ui/menu.tsx";

export function ThemeMenu() {
  const t = useText();
  const options = () => THEMES.map((value) => ({ value, label: t(`themes.${value}`) }));
  const choose = (value: string) => {
    const chosen = THEMES.find((known) => known === value);
    if (chosen !== undefined) chooseTheme(chosen);
  };
  return (
    <Menu label={t("frame.theme")} icon={theme() === "dark" ? "moon" : "sun"}>
      <MenuChoice label={t("frame.theme")} value={theme()} onChoose={choose} options={options()} />
    </Menu>
  );
}
