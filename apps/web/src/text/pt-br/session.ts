export const session = {
  signIn: "Entrar",
  signInTitle: "Entrar no Cofre",
  email: "E-mail",
  password: "Senha",
  refused: "E-mail ou senha não conferem.",
  promise: "Backups que voltam.",
  ended: "Sua sessão terminou. Entre de novo para continuar.",
};

export const setup = {
  title: "Primeiro acesso",
  about: "Crie a conta de quem cuida desta instalação.",
  code: "Código de instalação",
  codeHelp: "Está no console onde o Cofre foi iniciado. Vale uma vez.",
  name: "Seu nome",
  email: "E-mail",
  password: "Senha",
  passwordHelp: "Ao menos 10 caracteres.",
  organization: "Organização",
  organizationHelp: "O nome da sua equipe ou empresa.",
  complete: "Criar conta e entrar",
  wrongCode: "Este código não confere. Copie de novo do console.",
};
