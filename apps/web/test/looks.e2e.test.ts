import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { absentReason, type SshServer, sshServer } from "@cofre/lab";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { absentBrowser, openBrowser } from "./browser.ts";
import { type Looks, setUp, stranger } from "./person.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";

const absent = absentReason({ ssh: "docker" }) ?? absentBrowser();
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
const ADD_MS = 40_000;
const PAGES_MS = 180_000;

describe.skipIf(absent !== null)(
  `servers, and how every page looks${absent === null ? "" : ` (${absent})`}`,
  () => {
    let cofre: StartedCofre;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let server: SshServer;

    beforeAll(async () => {
      server = sshServer("docker");
      [cofre, browser] = await Promise.all([startCofre(), openBrowser()]);
      ({ context, page } = await stranger(browser));
      await setUp(page, cofre);
    });
    afterAll(async () => {
      await browser?.close();
      await cofre?.[Symbol.asyncDispose]();
    });

    test("a server is added by SSH only after the key it showed was confirmed", async () => {
      await page.getByRole("link", { name: "Servidores" }).click();
      await page.getByRole("button", { name: "Adicionar servidor" }).first().click();
      const dialog = page.getByRole("dialog", { name: "Adicionar servidor" });
      await dialog.getByLabel("Nome", { exact: true }).fill("web-1");
      await dialog.getByLabel("Endereço").fill(server.host);
      await dialog.getByLabel("Porta").fill(String(server.port));
      await dialog.getByLabel("Usuário").fill("root");
      await dialog.getByLabel("Chave privada", { exact: true }).fill(server.key("ed25519").privateKey);
      await dialog.getByRole("button", { name: "Continuar" }).click();

      const shown = await dialog.getByText(/^SHA256:/).textContent();
      expect(server.hostKeys.map(({ sha256 }) => sha256)).toContain(shown);
      await dialog.getByRole("button", { name: "A chave confere, conectar" }).click();
      await dialog.waitFor({ state: "detached", timeout: ADD_MS });
      const line = page
        .getByRole("list", { name: "Lista de servidores" })
        .getByRole("listitem")
        .filter({ hasText: "web-1" });
      await line.getByText("No ar").waitFor();
      await line.getByText(/livres de/).waitFor();
    });

    test("testing it tells what it found there", async () => {
      await page.getByRole("button", { name: "Testar web-1" }).click();
      const dialog = page.getByRole("dialog", { name: "Teste de web-1" });
      await dialog.getByText("Tudo certo").waitFor({ timeout: ADD_MS });
      await dialog.getByRole("button", { name: "Fechar" }).last().click();
    });

    test("a wrong key is refused with a card that says what to do, and nothing is added", async () => {
      await page.getByRole("button", { name: "Adicionar servidor" }).first().click();
      const dialog = page.getByRole("dialog", { name: "Adicionar servidor" });
      await dialog.getByLabel("Nome", { exact: true }).fill("db-9");
      await dialog.getByLabel("Endereço").fill(server.host);
      await dialog.getByLabel("Porta").fill(String(server.port));
      await dialog.getByLabel("Como entrar").selectOption("password");
      await dialog.getByLabel("Senha", { exact: true }).fill("não é esta");
      await dialog.getByRole("button", { name: "Continuar" }).click();
      await dialog.getByRole("button", { name: "A chave confere, conectar" }).click();
      const card = dialog.getByRole("alert");
      await card.getByText("O servidor recusou o acesso").waitFor({ timeout: ADD_MS });
      await card.getByText("Detalhes técnicos").click();
      await card.getByText("server.auth").waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await page.getByText("db-9").count()).toBe(0);
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
        await own.context.addCookies(await context.cookies());
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
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })`,
  );
  return result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}
