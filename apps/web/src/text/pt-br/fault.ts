export const faultCard = {
  details: "Detalhes técnicos",
  code: "Código",
  request: "Pedido",
  job: "Trabalho",
  said: "Palavras do sistema",
  hint: "Sugestão",
  tail: "Últimas palavras do programa",
  serverSaid: "O servidor disse:",
  asItWas: "Os dados continuam como estavam.",
  changed: "Os dados já não são os de antes: podem ter sumido ou estar pela metade.",
  goBack: "Para voltar ao que havia, restaure o backup de segurança.",
  restoreOther: "Restaure de novo, ou restaure outro backup.",
  copy: "Copiar detalhes",
  list: "Não foi possível carregar isto",
  page: "Não foi possível abrir esta página",
};

/** For each code: what was found, and the next thing to do. The server's own sentence stands in the details. */
export const fault = {
  offline: { found: "O Cofre não respondeu", next: "Verifique sua conexão e tente de novo." },
  "input.invalid": { found: "Algo no que foi enviado não é válido", next: "Corrija os campos marcados." },
  "auth.required": { found: "É preciso entrar", next: "Entre de novo para continuar." },
  "auth.forbidden": { found: "Seu papel não permite isto", next: "Peça a quem administra a organização." },
  "not.found": { found: "Não está mais aqui", next: "Volte à lista e confira se foi removido." },
  "state.conflict": { found: "Não é possível no estado atual", next: "Veja o motivo nos detalhes." },
  "resource.busy": {
    found: "Outro trabalho está usando este recurso",
    next: "Espere que termine, ou cancele-o.",
  },
  "rate.limited": { found: "Pedidos demais em pouco tempo", next: "Espere um minuto e tente de novo." },
  "input.too-large": { found: "É grande demais", next: "Envie algo menor." },
  "range.unsatisfiable": { found: "O trecho pedido não existe", next: "Comece o download de novo." },
  "engine.unsupported": {
    found: "Isto não é possível neste tipo de recurso",
    next: "Veja o motivo nos detalhes.",
  },
  "engine.version": {
    found: "As versões não combinam",
    next: "Restaure em um servidor de versão igual ou mais nova.",
  },
  "server.unreachable": {
    found: "O servidor não respondeu",
    next: "Confira se está ligado e se o endereço e a porta estão certos.",
  },
  "server.auth": { found: "O servidor recusou o acesso", next: "Confira o usuário, a senha ou a chave." },
  "server.host-key": {
    found: "A chave do servidor não é a confirmada",
    next: "Se o servidor foi reinstalado, confirme a nova chave. Se não foi, alguém pode estar no meio do caminho.",
  },
  "server.permission": {
    found: "O usuário não tem permissão no servidor",
    next: "Dê a permissão ou use outro usuário.",
  },
  "server.tool-missing": {
    found: "Falta um programa no servidor",
    next: "Instale o programa nomeado nos detalhes.",
  },
  "server.no-space": {
    found: "O disco do servidor está cheio",
    next: "Libere espaço ou guarde menos backups.",
  },
  "server.read-only": {
    found: "O disco do servidor está só para leitura",
    next: "Verifique o disco no servidor.",
  },
  "server.no-docker": {
    found: "Não há contêineres ao alcance neste servidor",
    next: "Dê ao usuário acesso ao Docker, ou sudo sem senha.",
  },
  "target.unreachable": { found: "O banco não respondeu", next: "Confira se o contêiner está rodando." },
  "target.auth": {
    found: "O banco recusou a senha",
    next: "Corrija as credenciais nas configurações do recurso.",
  },
  "target.missing": { found: "O destino não existe", next: "Confira o nome do contêiner, banco ou pasta." },
  "target.permission": { found: "Falta permissão no banco", next: "Use um usuário que possa ler tudo." },
  "target.unsuitable": { found: "O destino não está em condições", next: "Veja o motivo nos detalhes." },
  "hook.failed": {
    found: "Um comando em volta do backup falhou",
    next: "Veja as palavras dele nos detalhes, corrija e tente de novo.",
  },
  "dump.failed": {
    found: "A cópia dos dados falhou",
    next: "Veja as palavras do banco nos detalhes e tente de novo.",
  },
  "dump.incomplete": {
    found: "A cópia dos dados parou antes do fim",
    next: "Tente de novo. Nada incompleto foi guardado.",
  },
  "restore.failed": {
    found: "A restauração falhou",
    next: "Veja nos detalhes o que houve.",
  },
  "restore.mismatch": {
    found: "O que foi carregado não confere com o backup",
    next: "Valide o backup ou escolha outro.",
  },
  "store.unavailable": {
    found: "O lugar dos backups não respondeu",
    next: "Confira o destino: o servidor ou o S3 onde eles ficam.",
  },
  "store.no-space": { found: "Não há espaço para o backup", next: "Libere espaço ou guarde menos backups." },
  "store.exists": { found: "Já existe um arquivo com esse nome", next: "Tente de novo." },
  "archive.missing": { found: "O arquivo do backup não está mais lá", next: "Escolha outro backup." },
  "archive.damaged": {
    found: "O arquivo do backup está danificado",
    next: "Não o use. Escolha outro e crie um novo.",
  },
  "archive.foreign": {
    found: "O arquivo não é deste tipo de recurso",
    next: "Escolha um backup do mesmo tipo.",
  },
  "job.cancelled": { found: "Foi cancelado", next: "Comece de novo quando quiser." },
  "job.interrupted": { found: "Foi interrompido antes do fim", next: "Tente de novo." },
  "job.stalled": { found: "Parou de dar sinais de vida", next: "Confira o servidor e tente de novo." },
  bug: { found: "Algo quebrou do nosso lado", next: "Tente de novo. Se repetir, envie os detalhes." },
};
