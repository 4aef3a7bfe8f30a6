import { createInterface } from 'node:readline';
import { err, ok, type Result } from 'neverthrow';
import type { Session } from './command.ts';
import { failed, misused, type CliFailure } from './failure.ts';

type Asking = {
  readonly question: string;
  /** The message if the answer is no. */
  readonly otherwise?: string;
};

const NOT_SENT = 'nothing was sent';

/**
 * Asks a person before money moves, or decisions are recorded. Where nobody can be asked, the
 * answer has to be given beforehand, by --yes.
 */
export const confirm = async (
  session: Session,
  asking: Asking,
): Promise<Result<void, CliFailure>> => {
  const { question, otherwise = NOT_SENT } = asking;
  const askable = checkAskable(session, asking);
  if (askable.isErr()) return askable;
  const answer = await ask(session, `${question} [y/N] `);
  return /^\s*y(es)?\s*$/i.test(answer)
    ? ok()
    : err(failed('NotConfirmed', `not confirmed; ${otherwise}`));
};

/** A program that reads JSON is no person. */
export const checkAskable = (
  { io, output }: Session,
  { question, otherwise = NOT_SENT }: Asking,
): Result<void, CliFailure> =>
  !output.json && io.stdin.isTTY === true && output.stderr.isTTY === true
    ? ok()
    : err(
        misused(`${question} Nobody can be asked here, and ${otherwise}`, [
          'Add --yes where the answer is yes. --dry-run shows what would be done.',
        ]),
      );

/** Asks in one line; the end of the input is no answer. */
const ask = async ({ io, output }: Session, question: string): Promise<string> => {
  output.stderr.write(question);
  // The terminal edits the line, and Ctrl-C ends the process as everywhere.
  const lines = createInterface({ input: io.stdin, terminal: false });
  try {
    for await (const line of lines) return line;
    output.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
};
