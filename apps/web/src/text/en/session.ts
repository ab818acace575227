import type { ptBr } from "../pt-br.ts";

export const session: typeof ptBr.session = {
  signIn: "Sign in",
  signInTitle: "Sign in to Cofre",
  email: "E-mail",
  password: "Password",
  refused: "E-mail or password do not match.",
  promise: "Backups that come back.",
  ended: "Your session ended. Sign in again to continue.",
};

export const setup: typeof ptBr.setup = {
  title: "First start",
  about: "Create the account of whoever looks after this installation.",
  code: "Setup code",
  codeHelp: "It is in the console where Cofre was started. It works once.",
  name: "Your name",
  email: "E-mail",
  password: "Password",
  passwordHelp: "At least 10 characters.",
  organization: "Organization",
  organizationHelp: "The name of your team or company.",
  complete: "Create account and sign in",
  wrongCode: "This code does not match. Copy it again from the console.",
};
