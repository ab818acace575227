/** The lines of each answer to these questions, in their order. */
type AnswerAll = (questions: readonly string[]) => Promise<readonly (readonly string[])[]>;

interface Asked {
  readonly questions: readonly string[];
  readonly answerAll: AnswerAll;
  readonly answered: PromiseWithResolvers<readonly (readonly string[])[]>;
}

const waiting = new WeakMap<object, Asked[]>();

/**
 * Answers what several ask of one session in the same moment by one call: a process in a container costs as much as some hundred
 * answers. When that call fails, each asks alone, and only the one whose question it was fails.
 */
export function askTogether(
  session: object,
  questions: readonly string[],
  answerAll: AnswerAll,
): Promise<readonly (readonly string[])[]> {
  const asked: Asked = { questions, answerAll, answered: Promise.withResolvers() };
  const others = waiting.get(session);
  if (others === undefined) {
    const all = [asked];
    waiting.set(session, all);
    setImmediate(() => {
      waiting.delete(session);
      void answer(all);
    });
  } else {
    others.push(asked);
  }
  return asked.answered.promise;
}

async function answer(all: readonly Asked[]): Promise<void> {
  const [first, ...others] = all;
  if (first === undefined) return;
  if (others.length === 0) return await answerAlone(first);
  try {
    const answers = await first.answerAll(all.flatMap(({ questions }) => questions));
    let at = 0;
    for (const { questions, answered } of all) {
      answered.resolve(answers.slice(at, at + questions.length));
      at += questions.length;
    }
  } catch {
    await Promise.all(all.map(answerAlone));
  }
}

async function answerAlone({ questions, answerAll, answered }: Asked): Promise<void> {
  await answerAll(questions).then(answered.resolve, answered.reject);
}
