import { createInterface } from 'node:readline';
import { err, ok, type Result } from 'neverthrow';
import type { Session } from './command.ts';
import { failed, misused, type CliFailure } from './failure.ts';

/** Whether a person can be asked; a program that reads JSON is none. */
const isTerminal = ({ io, output }: Session): boolean =>
  !output.json && io.stdin.isTTY === true && output.stderr.isTTY === true;

/**
 * Asks a person before money moves, or decisions are recorded. Where nobody can be asked, the
 * answer has to be given beforehand.
 */
export const confirm = async (
  session: Session,
  question: string,
  isYes: boolean,
): Promise<Result<void, CliFailure>> => {
  if (isYes) return ok();
  if (!isTerminal(session)) {
    return err(
      misused(`${question} Nobody can be asked here, and nothing was sent`, [
        'Add --yes where the answer is yes.',
      ]),
    );
  }
  const answer = await ask(session, `${question} [y/N] `);
  return /^\s*y(es)?\s*$/i.test(answer)
    ? ok()
    : err(failed('NotConfirmed', 'not confirmed; nothing was sent'));
};

/** One line; the end of the input is no answer. */
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
