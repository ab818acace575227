import { pluralIn } from "../plural.ts";

const many = pluralIn("pt-BR");

export const frame = {
  skip: "Ir para o conteúdo",
  nav: "Principal",
  resources: "Recursos",
  activity: "Atividade",
  servers: "Servidores",
  stores: "Destinos",
  organization: "Organização",
  project: "Projeto",
  projectSettings: "Configurações do projeto",
  newProject: "Novo projeto",
  projectName: "Nome do projeto",
  createProject: "Criar projeto",
  noProject: "Não há nenhum projeto",
  noProjectHelp: "Recursos e seus backups ficam em projetos. Administradores podem criar um.",
  projectLabels: "Etiquetas dos contêineres",
  projectLabelsHelp:
    "Contêineres com todas estas etiquetas passam a ser deste projeto. Uma por linha: nome=valor.",
  search: "Buscar ou fazer",
  jobs: (count: number) =>
    count === 0 ? "Nenhum trabalho em andamento" : many(count, "trabalho", "trabalhos"),
  jobsTitle: "Trabalhos em andamento",
  jobsNone: "Nada em andamento agora.",
  jobsAll: "Ver toda a atividade",
  language: "Idioma",
  theme: "Tema",
  account: "Conta",
  signOut: "Sair",
  notFound: "Esta página não existe",
  notFoundHelp: "O endereço pode ter mudado, ou o que ele mostrava foi removido.",
  home: "Ir para os recursos",
  offline: "Sem conexão com o Cofre. Tentando de novo.",
};

export const languages = { "pt-BR": "Português", en: "English" };
export const themes = { system: "Igual ao sistema", light: "Claro", dark: "Escuro" };

export const acts = {
  cancel: "Cancelar",
  close: "Fechar",
  copied: "Copiado",
  copyRefused: "O navegador não deixou copiar",
  copy: "Copiar",
  dismiss: "Dispensar",
  moreOf: (name: string) => `Mais ações de ${name}`,
  retry: "Tentar de novo",
  save: "Salvar",
  back: "Voltar",
  showMore: "Mostrar mais",
};

export const faces = {
  loading: "Carregando",
  stale: "Não foi possível atualizar. O que você vê é de antes.",
};

export const palette = {
  title: "Buscar ou fazer",
  placeholder: "Recurso, backup ou ação",
  nothing: "Nada encontrado",
  resources: "Recursos",
  backups: "Backups recentes",
  acts: "Ações",
  results: "Resultados",
  backUp: (name: string) => `Criar backup de ${name}`,
  hint: "↑↓ para escolher, Enter para abrir, Esc para fechar",
};

export const words = {
  of: (part: string, whole: string) => `${part} de ${whole}`,
  optional: "opcional",
  none: "nenhum",
  never: "nunca",
  unknown: "desconhecido",
};
