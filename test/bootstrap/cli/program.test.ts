import { expect } from 'chai';
import type { Command } from 'commander';
import { createOutput } from '../../../src/bootstrap/cli/output.ts';
import { createProgram } from '../../../src/bootstrap/cli/program.ts';

describe('The help', () => {
  const lifecycle = { untilStopped: () => new AbortController().signal, exit: () => undefined };
  const program = createProgram(lifecycle, createOutput({ json: true }));
  const commands = program.commands.flatMap((command) =>
    command.commands.length === 0 ? [command] : command.commands,
  );

  it('knows every command', () => {
    expect(commands.map((command) => command.name())).to.have.members([
      'demo',
      'worker',
      'submit',
      'order',
      'invoice',
      'cancel',
      'refund',
      'resume',
      'list',
      'show',
      'resolve',
      'invoices',
      'setup',
      'doctor',
      'servers',
      'lambda',
    ]);
  });

  for (const command of commands) {
    it(`of ${command.name()} has the options of all commands, and examples of its own`, () => {
      const help = helpOf(command);
      expect(help).to.include('--embedded').and.include('--json');
      const examples = [...help.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = '']) => example);
      expect(examples).to.have.length.greaterThan(1);
      for (const example of examples) {
        expect(example).to.match(new RegExp(`npx paidonce .*\\b${command.name()}\\b`));
      }
    });
  }
});

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
};
