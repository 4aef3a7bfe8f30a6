import { expect } from 'chai';
import type { Command } from 'commander';
import { idleProgram, jsonLines, run } from '../../support/cli.ts';

describe('The help', () => {
  let commands: readonly Command[];

  before(async () => {
    const program = await idleProgram();
    commands = program.commands.flatMap((command) =>
      command.commands.length === 0 ? [command] : command.commands,
    );
  });

  it('knows every command', () => {
    expect(commands.map((command) => command.name())).to.have.members([
      'demo',
      'worker',
      'submit',
      'status',
      'order',
      'invoice',
      'trace',
      'cancel',
      'refund',
      'correct-email',
      'resume',
      'list',
      'show',
      'resolve',
      'adopt',
      'list',
      'show',
      'redrive',
      'discard',
      'invoices',
      'setup',
      'restored',
      'bind',
      'doctor',
      'load',
      'servers',
      'lambda',
      'list',
      'floor',
      'reconcile',
      'audit',
      'ledger',
      'faults',
      'refund',
    ]);
  });

  it('of each has the options of all commands, and examples of its own', () => {
    for (const command of commands) {
      const help = helpOf(command);
      expect(help).to.include('--embedded').and.include('--json');
      const examples = [...help.matchAll(/^ {2}\$ (.*)$/gm)].map(([, example = '']) => example);
      expect(examples, command.name()).to.have.length.greaterThan(1);
      for (const example of examples) {
        expect(example).to.match(new RegExp(`paidonce .*\\b${command.name()}\\b`));
      }
    }
  });
});

describe('The usage', () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    'refund o --amount-minor 19.99': /minor units: 1999 is EUR 19\.99/,
    'refund o --by ada': /--reason/,
    'refund o --line 1': /such as 1:2/,
    'cancel o --wait 0': /from 1 to 3600/,
    'correct-email o --email a@b.example --by kim': /--reason/,
    resume: /missing required argument 'order'/,
    'dlq list --older-than 3': /such as 90m, 12h or 3d/,
    'dlq list --newer-than 3parsecs': /such as 90m, 12h or 3d/,
    'dlq list --max 0': /from 1 to 10000/,
    'dlq redrive --rate 501': /from 1 to 500/,
    'dlq show': /missing required argument 'id'/,
    'dlq list --queue orders': /payments, notifications/,
    'series floor INV --above 0': /from 1 to 999999999999/,
    'series floor INV --above 5 --by ada': /--reason/,
    'review list --segments 65': /from 1 to 64/,
    'review resolve o --as paid': /captured, not-captured, refunded, not-refunded/,
    'review resolve o --as captured --by ada': /--evidence/,
  };
  for (const [line, says] of Object.entries(wrong)) {
    it(`of ${line} is reported as wrong, before anything is done`, async () => {
      const ended = await run([...line.split(' '), '--json'], { env: {} });
      expect(ended).to.deep.include({ code: 2, stdout: '' });
      const [failure, ...more] = jsonLines(ended.stderr);
      expect(more).to.deep.equal([]);
      expect(failure).to.have.nested.property('error.message').that.matches(says);
    });
  }
});

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
};
