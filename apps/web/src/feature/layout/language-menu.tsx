import { LANGUAGES, type Language, useLanguage, useText } from "../../platform/text.tsx";
import { Menu, MenuChoice } from "../../ui/menu.tsx";

export function LanguageMenu() {
  const t = useText();
  const { language, speak } = useLanguage();
  const short = () => (language() === "pt-BR" ? "PT" : "EN");
  const options = () => LANGUAGES.map((value) => ({ value, label: t(`languages.${value}`) }));
  const choose = (value: string) => {
    const chosen = LANGUAGES.find((known): known is Language => known === value);
    if (chosen !== undefined) speak(chosen);
  };
  return (
    <Menu
      label={`${short()}: ${t("frame.language")}`}
      class="btn btn-quiet px-2! font-medium"
      trigger={<span aria-hidden="true">{short()}</span>}
    >
      <MenuChoice label={t("frame.language")} value={language()} onChoose={choose} options={options()} />
    </Menu>
  );
}
