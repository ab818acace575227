import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import {
  absentReason,
  type FaultyTcpProxy,
  faultyTcpProxy,
  type SshServer,
  type StartedPostgres,
  sshServer,
  startPostgres,
} from "@cofre/lab";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  confirmHostKey,
  download,
  expectHostKey,
  fillServer,
  makeBackup,
  openDetails,
  restoreDialog,
  restored,
} from "./acts.ts";
import { absentBrowser, openBrowser } from "./browser.ts";
import { lineOf, setUp, stranger } from "./person.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";

const absent =
  absentReason({ ssh: "docker" }) ??
  absentReason({ ssh: "plain" }) ??
  absentReason({ engine: "postgres", version: "17" }) ??
  absentBrowser();
const FILL = `create table orders (id int primary key, customer text not null);
  insert into orders select n, 'cliente ' || n from generate_series(1, 5000) n`;
const FINGERPRINT = "select count(*), md5(string_agg(o::text, ',' order by id)) from orders o";
const CHANGE = `delete from orders where id % 3 = 0; update orders set customer = 'x' where id % 5 = 0;
  create table later (x int)`;
const ADD_MS = 40_000;
const ROAD_MS = 300_000;

describe.skipIf(absent !== null)(
  `a server's road over SSH through the panel${absent === null ? "" : ` (${absent})`}`,
  { timeout: ROAD_MS },
  () => {
    const root = `/opt/backups/panel-${randomBytes(6).toString("hex")}`;
    let server: SshServer;
    /** Where the door leads, which may change under a person's eyes. */
    let behind: { host: string; port: number };
    let door: FaultyTcpProxy;
    let cofre: StartedCofre;
    let browser: Browser;
    let database: StartedPostgres;
    let page: Page;
    let dialog: Locator;

    beforeAll(async () => {
      server = sshServer("docker");
      behind = { host: server.host, port: server.port };
      door = await faultyTcpProxy({ target: behind });
      database = await startPostgres("17");
      await database.sql(FILL);
      [cofre, browser] = await Promise.all([startCofre(), openBrowser()]);
      page = (await stranger(browser)).page;
      await setUp(page, cofre);
    });
    afterAll(async () => {
      await browser?.close();
      await cofre?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
      await door?.[Symbol.asyncDispose]();
      await server?.exec(["rm", "-rf", root]);
    });

    const button = (name: string) => dialog.getByRole("button", { name }).click();
    const lines = () => page.getByRole("list", { name: "Lista de servidores" }).getByRole("listitem");

    test("a wrong key is refused in words, with what to do", async () => {
      const key = strangersKey();
      dialog = await fillServer(page, { name: "web-1", at: door, user: "deploy", key });
      await dialog.getByLabel("Pasta dos backups").fill(root);
      await button("Continuar");
      await dialog.getByText(/^SHA256:/).waitFor();
      await button("A chave confere, conectar");
      const card = dialog.getByRole("alert");
      await card.getByText("O servidor recusou o acesso").waitFor({ timeout: ADD_MS });
      await card.getByText("Confira o usuário, a senha ou a chave.").waitFor();
    });

    test("a server that is not the one whose key was confirmed is refused in words", async () => {
      await button("Voltar");
      await dialog.getByLabel("Chave privada", { exact: true }).fill(server.key("ed25519").privateKey);
      await button("Continuar");
      await dialog.getByText(/^SHA256:/).waitFor();
      Object.assign(behind, { port: sshServer("plain").port });
      await button("A chave confere, conectar");
      const card = dialog.getByRole("alert");
      await card.getByText("A chave do servidor não é a confirmada").waitFor({ timeout: ADD_MS });
      expect(await lines().filter({ hasText: "web-1" }).count()).toBe(0);
      await expectHostKey(dialog, sshServer("docker"));
      await card.getByRole("button", { name: "Ver a chave de agora" }).click();
      await card.waitFor({ state: "detached" });
      await expectHostKey(dialog, sshServer("plain"));
    });

    test("once the server's own key is shown and confirmed, the server is added", async () => {
      Object.assign(behind, { port: server.port });
      await button("Voltar");
      await button("Continuar");
      await expectHostKey(dialog, server);
      await confirmHostKey(dialog);
      const line = lines().filter({ hasText: "web-1" });
      await line.getByText("No ar").waitFor();
      await line.getByText(/livres de/).waitFor();
    });

    test("testing it tells who one is there, and that docker is reached by sudo", async () => {
      await page.getByRole("button", { name: "Testar web-1" }).click();
      const found = page.getByRole("dialog", { name: "Teste de web-1" });
      await found.getByText("Tudo certo").waitFor({ timeout: ADD_MS });
      await found.getByText("deploy, sudo sem senha", { exact: true }).waitFor();
      await found.getByText("sudo -n docker").waitFor();
      await found.getByRole("button", { name: "Fechar" }).last().click();
    });

    test("its containers are found when one looks again, and stand in the list with its name", async () => {
      await page.goto(cofre.address);
      await page.getByRole("button", { name: "Procurar de novo" }).first().click();
      const line = lineOf(page, database.name).filter({ hasText: "web-1" });
      await line.getByText(/PostgreSQL 17/).waitFor({ timeout: ADD_MS });
      await line.getByText("Desprotegido").waitFor();
      await line.getByRole("link", { name: `Gerenciar backups de ${database.name}` }).click();
      await page.getByRole("heading", { name: database.name, level: 1 }).waitFor();
    });

    test("a backup lies on that server, and what is downloaded is what its digest names", async () => {
      const row = await makeBackup(page, "shop", "antes da migração");
      const sha256 = createHash("sha256")
        .update(await download(page, row))
        .digest("hex");
      const details = await openDetails(page, row);
      await details.getByText(sha256).waitFor();
      const archive = (await details.getByText(root).first().textContent()) ?? "";
      const { stdout } = await server.exec(["sha256sum", archive]);
      expect(stdout.toString()).toBe(`${sha256}  ${archive}\n`);
      await page.keyboard.press("Escape");
    });

    test("after the data was changed every row comes back, and what came later is gone", async () => {
      const before = await database.sql(FINGERPRINT);
      await database.sql(CHANGE);
      expect(await database.sql(FINGERPRINT)).not.toBe(before);
      const confirm = await restoreDialog(page, "shop");
      await confirm.getByLabel("Digite shop para confirmar").fill("shop");
      await confirm.getByRole("button", { name: `Restaurar shop em ${database.name}` }).click();
      await restored(page, "shop");
      expect(await database.sql(FINGERPRINT)).toBe(before);
      expect(await database.sql("select to_regclass('later') is null")).toBe("t");
    });
  },
);

/** A good key, which opens no server of the lab. */
function strangersKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}
