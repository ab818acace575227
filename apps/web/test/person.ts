import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { StartedCofre } from "./start-cofre.ts";

export const ANA = { name: "Ana Souza", email: "ana@example.com", password: "uma senha bem longa" };

export interface Looks {
  readonly language?: "pt-BR" | "en";
  readonly theme?: "light" | "dark";
  readonly width?: number;
}

/** A browser with nobody signed in, whose reader speaks a language on a screen of some width. */
export async function stranger(
  browser: Browser,
  looks: Looks = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const { language = "pt-BR", theme = "light", width = 1280 } = looks;
  const context = await browser.newContext({
    viewport: { width, height: 860 },
    locale: language,
    colorScheme: theme,
    timezoneId: "America/Sao_Paulo",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  return { context, page: await context.newPage() };
}

/** The first page of an installation, filled in as a newcomer does. */
export async function setUp(page: Page, cofre: StartedCofre): Promise<void> {
  await page.goto(cofre.address);
  await page.getByRole("heading", { name: "Primeiro acesso" }).waitFor();
  await page.getByLabel("Código de instalação").fill(cofre.setupCode);
  await page.getByLabel("Seu nome").fill(ANA.name);
  await page.getByLabel("E-mail").fill(ANA.email);
  await page.getByLabel("Senha").fill(ANA.password);
  await page.getByLabel("Organização").fill("Loja Azul");
  await page.getByRole("button", { name: "Criar conta e entrar" }).click();
  const home = page.getByRole("heading", { name: "Recursos detectados" });
  await home.waitFor().catch(async (cause: unknown) => {
    const shown = await page.locator("body").ariaSnapshot();
    throw new Error(`after the set-up ${page.url()} shows: ${shown}`, { cause });
  });
}

/** The list's line about one resource. */
export function lineOf(page: Page, name: string): Locator {
  return page
    .getByRole("list", { name: "Recursos detectados" })
    .getByRole("listitem")
    .filter({ hasText: name });
}

/** From the home to a resource's backups. */
export async function openBackups(page: Page, cofre: StartedCofre, name: string): Promise<void> {
  await page.goto(cofre.address);
  await page.getByRole("link", { name: `Gerenciar backups de ${name}` }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}
