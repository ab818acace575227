import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { absentReason, sshServer } from "@cofre/lab";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { confirmHostKey, fillServer } from "./acts.ts";
import { type Looks, stranger } from "./person.ts";
import type { StartedCofre } from "./start-cofre.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS: readonly Looks[] = [
  { language: "pt-BR", theme: "light", width: 1280 },
  { language: "en", theme: "dark", width: 360 },
];
const PLACES = [
  "/",
  "/activity",
  "/servers",
  "/organization",
  "/organization/encryption",
  "/organization/keys",
  "/organization/audit",
  "/servers?act=add",
  "/stores",
  "/stores?act=add",
];
const PARTS = ["", "/schedule", "/settings", "?act=backup"];
const PAGES_MS = 180_000;

export interface Panel {
  readonly cofre: StartedCofre;
  readonly browser: Browser;
  /** Somebody who is signed in, and did something there. */
  readonly page: Page;
}

export function describeLooks(panel: () => Panel): void {
  const absent = absentReason({ ssh: "docker" });
  describe.skipIf(absent)(
    `how every page looks, and its words${absent === null ? "" : ` (${absent})`}`,
    () => {
      let cofre: StartedCofre;
      let browser: Browser;
      let page: Page;

      beforeAll(async () => {
        ({ cofre, browser, page } = panel());
        const server = sshServer("docker");
        const key = server.key("ed25519").privateKey;
        const dialog = await fillServer(page, { name: "web-1", at: server, user: "root", key });
        await dialog.getByRole("button", { name: "Continuar" }).click();
        await confirmHostKey(dialog);
      });

      test("every field and every choice of every engine has words, never its name in the API", async () => {
        await page.goto(cofre.address);
        const { result } = await (await page.request.get(`${cofre.address}/api/trpc/engines.list`)).json();
        const engines: readonly EngineFacts[] = result.data.items;
        await page.getByRole("button", { name: "Adicionar recurso" }).first().click();
        const dialog = page.getByRole("dialog", { name: "Adicionar recurso" });
        for (const { id, config } of engines) {
          await dialog.getByLabel("Tipo").selectOption(id);
          await expect.poll(() => dialog.locator("label").count()).toBeGreaterThanOrEqual(config.length);
          const words = await dialog.locator("label, option").allTextContents();
          const raw = config.flatMap(({ name, choices }) => [name, ...choices]);
          expect(words.filter((word) => raw.includes(word))).toEqual([]);
        }
        await page.keyboard.press("Escape");
      });

      test("an API key is shown once", async () => {
        await page.goto(`${cofre.address}/organization/keys`);
        await page.getByRole("button", { name: "Criar chave" }).first().click();
        const dialog = page.getByRole("dialog");
        await dialog.getByLabel("Nome").fill("gerenciador de deploy");
        await dialog.getByRole("button", { name: "Criar chave" }).click();
        const key = await dialog.getByText(/^cofre_/).textContent();
        await dialog.getByRole("button", { name: "Já guardei" }).click();
        await page.getByRole("listitem").filter({ hasText: "gerenciador de deploy" }).waitFor();
        expect(await page.content()).not.toContain(key);
      });

      test.each(LOOKS)(
        "every page fits $width px and can be read and reached by everybody ($language, $theme)",
        async (looks) => {
          const own = await stranger(browser, looks);
          await own.context.addCookies(await page.context().cookies());
          await own.page.goto(cofre.address);
          const first = own.page
            .getByRole("link", { name: /^(Gerenciar backups de|Manage backups of)/ })
            .first();
          const resource = await first.getAttribute("href");
          for (const place of [...PLACES, ...PARTS.map((part) => `${resource}${part}`)]) {
            await own.page.goto(`${cofre.address}${place}`);
            await own.page.locator("h1, h2").first().waitFor();
            await own.page.getByLabel(/^(Carregando|Loading)$/).waitFor({ state: "detached" });
            const tooWide = await own.page.evaluate(
              () => document.documentElement.scrollWidth - window.innerWidth,
            );
            expect(tooWide, `${place}: pixels that a person has to scroll sideways`).toBeLessThanOrEqual(0);
            expect(await violations(own.page), place).toEqual([]);
          }
          await own.context.close();
        },
        PAGES_MS,
      );
    },
  );
}

interface EngineFacts {
  readonly id: string;
  readonly config: readonly { readonly name: string; readonly choices: readonly string[] }[];
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** WCAG 2.2 at level AA, as axe-core can tell: names, roles, contrast. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const result: AxeResult = await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] })`,
  );
  return result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}
