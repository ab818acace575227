import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { download, makeBackup, openDetails, restoreDialog, restored } from "./acts.ts";
import { absentBrowser, openBrowser } from "./browser.ts";
import { describeLooks } from "./looks.ts";
import { ANA, lineOf, openBackups, setUp, stranger } from "./person.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";

const absent = absentReason({ engine: "postgres", version: "15" }) ?? absentBrowser();
const ROWS = 5_000;
const FILL = `create table orders (id int primary key, customer text not null);
  insert into orders select n, 'cliente ' || n from generate_series(1, ${ROWS}) n;`;
const FINGERPRINT = "select count(*), sum(hashtext(customer)::bigint) from orders";
const JOB_MS = 120_000;
const ROAD_MS = 300_000;

describe.skipIf(absent !== null)(
  `a newcomer's road through the panel${absent === null ? "" : ` (${absent})`}`,
  { timeout: ROAD_MS },
  () => {
    let cofre: StartedCofre;
    let browser: Browser;
    let database: StartedPostgres;
    let page: Page;

    beforeAll(async () => {
      database = await startPostgres("15");
      await database.sql(FILL);
      [cofre, browser] = await Promise.all([startCofre(), openBrowser()]);
      page = (await stranger(browser)).page;
    });
    afterAll(async () => {
      await browser?.close();
      await cofre?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    });

    test("a wrong code of the console is refused in words, the right one opens the panel", async () => {
      await page.goto(cofre.address);
      await page.getByLabel("Código de instalação").fill("AAAA-BBBB-CCCC-DDDD");
      await page.getByLabel("Seu nome").fill(ANA.name);
      await page.getByLabel("E-mail").fill(ANA.email);
      await page.getByLabel("Senha").fill(ANA.password);
      await page.getByRole("button", { name: "Criar conta e entrar" }).click();
      await page.getByText("Este código não confere").waitFor();
      await setUp(page, cofre);
    });

    test("the container that runs here is found, with its port, and called unprotected", async () => {
      await page.getByRole("button", { name: "Procurar de novo" }).first().click();
      const line = lineOf(page, database.name);
      await line.waitFor();
      await line.getByText("Rodando").waitFor();
      await line.getByText("porta 5432").waitFor();
      await line.getByText("Desprotegido").waitFor();
      await line.getByText(/PostgreSQL 15/).waitFor();
    });

    test("a home that cannot be read says so, and opens once it can", async () => {
      const projects = /\/api\/trpc\/projects\.list/;
      await page.route(projects, (route) => route.abort());
      await page.goto(cofre.address);
      const retry = page.getByRole("button", { name: "Tentar de novo" });
      await retry.waitFor();
      await page.unroute(projects);
      await retry.click();
      await lineOf(page, database.name).waitFor();
    });

    test("its logs are shown, Esc closes them and gives the focus back", async () => {
      const button = page.getByRole("button", { name: `Logs de ${database.name}` });
      await button.click();
      await page
        .getByRole("log")
        .getByText("database system is ready to accept connections")
        .first()
        .waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    });

    test("a backup is made, and the state of safety changes with it", async () => {
      await openBackups(page, cofre, database.name);
      await makeBackup(page, "shop", "antes da migração");
      await page.getByText("Nenhum outro está agendado.").waitFor();
    });

    test("what is downloaded is what the digest names", async () => {
      const row = page.getByRole("row", { name: /^Backup de shop/ });
      const bytes = await download(page, row);
      const dialog = await openDetails(page, row);
      await dialog.getByText(createHash("sha256").update(bytes).digest("hex")).waitFor();
      await dialog
        .getByRole("row", { name: /orders/ })
        .getByText("5.000")
        .waitFor();
      await page.keyboard.press("Escape");
    });

    test("a validation reads the archive to its end and says how deep it went", async () => {
      const row = page.getByRole("row", { name: /^Backup de shop/ });
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Validar" }).click();
      await row.getByText("Legível").waitFor({ timeout: JOB_MS });
    });

    test("a restore names what dies, asks for the name, and brings every row back", async () => {
      const before = await database.sql(FINGERPRINT);
      await database.sql(
        "delete from orders where id % 3 = 0; create table later (x int); update orders set customer = 'x'",
      );
      expect(await database.sql(FINGERPRINT)).not.toBe(before);

      const dialog = await restoreDialog(page, "shop");
      const act = dialog.getByRole("button", { name: `Restaurar shop em ${database.name}` });
      expect(await act.isDisabled()).toBe(true);
      await dialog.getByLabel("Digite shop para confirmar").fill("shop");
      await act.click();
      await restored(page, "shop");
      expect(await database.sql(FINGERPRINT)).toBe(before);
      expect(await database.sql("select to_regclass('later') is null")).toBe("t");
    });

    test("an automatic backup shows its next five runs before it is saved, and is kept", async () => {
      await page.getByRole("link", { name: "Agenda" }).click();
      await page.getByLabel("Ativar backup automático").check();
      await page.getByLabel("Às", { exact: true }).fill("03:00");
      await page.getByLabel("Manter últimos").fill("7");
      const runs = page.getByRole("region", { name: "Próximas execuções" }).getByRole("listitem");
      await expect.poll(() => runs.count()).toBe(5);
      await runs.first().getByText(/03:00/).waitFor();
      await page.getByRole("button", { name: "Salvar configuração" }).click();
      await page.getByText("Backup automático salvo.").waitFor();
      await page.reload();
      expect(await page.getByLabel("Ativar backup automático").isChecked()).toBe(true);
      await page.getByText("Só neste servidor").waitFor();
    });

    test("the palette finds the resource by a few letters, j and k move through its backups", async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill(database.name.slice(0, 8));
      await page
        .getByRole("option", { name: new RegExp(database.name) })
        .first()
        .waitFor();
      await page.keyboard.press("Enter");
      await page
        .getByRole("row", { name: /^Backup de shop/ })
        .first()
        .waitFor();
      await page.keyboard.press("j");
      const focused = page.locator("tr:focus");
      await expect.poll(() => focused.getAttribute("aria-label")).toMatch(/^Backup de shop/);
    });

    test("removing it with its backups asks for its name and leaves no line", async () => {
      await page.getByRole("link", { name: "Configurações" }).click();
      await page.getByRole("button", { name: "Remover recurso" }).click();
      const dialog = page.getByRole("dialog", { name: `Remover ${database.name}` });
      await dialog.getByLabel(/Excluir também os backups/).check();
      const act = dialog.getByRole("button", { name: `Remover ${database.name} e seus backups` });
      expect(await act.isDisabled()).toBe(true);
      await dialog.getByLabel(`Digite ${database.name} para confirmar`).fill(database.name);
      await act.click();
      await page.getByRole("heading", { name: "Recursos detectados" }).waitFor();
      await lineOf(page, database.name).waitFor({ state: "detached" });
    });

    test("a folder is added by hand, backed up, and restored after it was changed", async () => {
      const folder = await mkdtemp(join(tmpdir(), "cofre-pasta-"));
      await writeFile(join(folder, "contrato.txt"), "assinado");
      await page.getByRole("button", { name: "Adicionar recurso" }).click();
      const dialog = page.getByRole("dialog", { name: "Adicionar recurso" });
      await dialog.getByLabel("Tipo").selectOption({ label: "Arquivos" });
      await dialog.getByLabel("Nome", { exact: true }).fill("contratos");
      await dialog.getByLabel("Pastas e arquivos").fill(folder);
      await dialog.getByRole("button", { name: "Testar e adicionar" }).click();
      await page.getByRole("heading", { name: "contratos", level: 1 }).waitFor({ timeout: JOB_MS });
      await page.getByRole("button", { name: "Criar backup", exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Criar backup" }).click();
      // A row stands there from the start; only a complete backup can be restored.
      await page.getByRole("button", { name: /^Restaurar Backup/ }).waitFor({ timeout: JOB_MS });

      await writeFile(join(folder, "contrato.txt"), "rasurado");
      await writeFile(join(folder, "rascunho.txt"), "depois");
      await page.getByRole("button", { name: /^Restaurar Backup/ }).click();
      await page.getByLabel("Digite contratos para confirmar").fill("contratos");
      await page.getByRole("button", { name: `Restaurar ${folder} em contratos` }).click();
      await page.getByRole("link", { name: "Atividade" }).last().click();
      const restored = page.getByRole("listitem").filter({ hasText: "Restauração de contratos" });
      await restored.getByText("Concluído").waitFor({ timeout: JOB_MS });
      expect(await readFile(join(folder, "contrato.txt"), "utf8")).toBe("assinado");
      expect(await readdir(folder)).not.toContain("rascunho.txt");
      await rm(folder, { recursive: true });
    });

    test("a wrong password is refused in words, the right one signs in to where one was going", async () => {
      await page.getByRole("button", { name: "Conta" }).click();
      await page.getByRole("menuitem", { name: "Sair" }).click();
      await page.goto(`${cofre.address}/servers`);
      await page.getByLabel("E-mail").fill(ANA.email);
      await page.getByLabel("Senha").fill("não é esta senha");
      await page.getByRole("button", { name: "Entrar" }).click();
      await page.getByText("E-mail ou senha não conferem.").waitFor();
      await page.getByLabel("Senha").fill(ANA.password);
      await page.getByRole("button", { name: "Entrar" }).click();
      await page.getByRole("heading", { name: "Servidores" }).waitFor();
    });

    describeLooks(() => ({ cofre, browser, page }));
  },
);
