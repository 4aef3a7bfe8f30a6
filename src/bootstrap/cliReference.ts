import { PassThrough, Readable } from 'node:stream';
import type { Command } from 'commander';
import { createOutput } from './cli/common/output.ts';
import { createProgram } from './cli/program.ts';

/** Columns of the help as it stands on the page. */
const WIDTH = 100;

const HEAD = `# Command line

<!-- Made from the program by \`npm run docs:cli\`; a test compares it with the program. -->

What \`paidonce COMMAND --help\` prints, for every command. What each is for:
[commands.md](../commands.md); the rule for \`--json\`: [README.md](README.md).
`;

/** The help of every command as one page. */
export const commandReference = async (): Promise<string> => {
  const io = {
    env: {},
    stdin: Readable.from([]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const never = new AbortController().signal;
  const lifecycle = { io, untilStopped: () => never, exit: () => undefined };
  const program = await createProgram(lifecycle, createOutput({ json: true }, io), () => true);
  const sections = sectionsOf(program, []);
  return [HEAD, ...sections].join('\n');
};

const sectionsOf = (command: Command, before: readonly string[]): readonly string[] => {
  const path = [...before, command.name()];
  const schema = command.commands.length === 0 ? `${path.slice(1).join('-')}.schema.json` : '';
  const section = [
    `## ${path.join(' ')}`,
    '',
    '```text',
    helpOf(command).trimEnd(),
    '```',
    '',
    ...(schema === '' ? [] : [`A line of its \`--json\`: [${schema}](${schema}).`, '']),
  ].join('\n');
  return [section, ...command.commands.flatMap((sub) => sectionsOf(sub, path))];
};

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => WIDTH });
  command.outputHelp();
  return text;
};
