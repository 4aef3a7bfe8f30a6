import { expect } from 'chai';
import type { Command } from 'commander';
import stringWidth from 'string-width';
import { VERSION } from '../../../src/bootstrap/version.ts';
import { idleProgram, jsonLines, run } from '../../support/cli.ts';

describe('The help', () => {
  let commands: readonly Command[];

  before(async () => {
    const program = await idleProgram();
    commands = program.commands.flatMap((command) =>
      command.commands.length === 0 ? [command] : command.commands,
    );
  });

  it('of each has the options of all commands, and examples of its own', () => {
    for (const command of commands) {
      const help = helpOf(command);
      expect(help).to.include('--embedded').and.include('--json');
      const examples = examplesIn(help);
      expect(examples, command.name()).to.have.length.greaterThan(1);
      for (const example of examples) {
        expect(example).to.match(new RegExp(`paidonce .*\\b${command.name()}\\b`));
      }
    }
  });

  it('of each group has an example of each of its commands', async () => {
    const groups = (await idleProgram()).commands.filter((one) => one.commands.length > 0);
    expect(groups.map((group) => group.name())).to.include.members(['dlq', 'review', 'sandbox']);
    for (const group of groups) {
      const examples = examplesIn(helpOf(group));
      expect(examples, group.name()).to.have.length.greaterThan(1);
      for (const { name } of group.commands.map((one) => ({ name: one.name() }))) {
        expect(examples.join('\n')).to.include(`paidonce ${group.name()} ${name}`);
      }
    }
  });

  for (const columns of [40, 80, 160]) {
    it(`fits ${columns} columns`, async () => {
      const program = await idleProgram();
      const topics = [[], ...program.commands.map((one) => [one.name()])].concat(
        program.commands.flatMap((one) => one.commands.map((sub) => [one.name(), sub.name()])),
      );
      for (const topic of topics) {
        const { stdout, code } = await run([...topic, '--help'], { env: {}, columns });
        expect(code).to.equal(0);
        const wide = stdout.split('\n').filter((line) => stringWidth(line) > columns);
        expect(wide, topic.join(' ')).to.deep.equal([]);
      }
    });
  }
});

describe('What was not meant', () => {
  for (const [line, says] of [
    ['help revue', /unknown command 'revue'[^]*Did you mean .*review/],
    ['reveiw list', /Did you mean review\?/],
    ['reveiw --help', /Did you mean review\?/],
    ['dlq lst', /unknown command 'lst'[^]*Did you mean list\?/],
    ['dlq lst --help', /Did you mean list\?/],
    ['help dlq lst', /Did you mean list\?/],
    ['dlq help lst', /Did you mean list\?/],
    ['worker --service paymnts', /Allowed choices are [^]*Did you mean payments\?/],
    ['worker --embeded', /unknown option '--embeded'[^]*Did you mean --embedded\?/],
    ['dlq list --odrer x', /Did you mean --order\?/],
  ] as const) {
    it(`gets a suggestion: ${line}`, async () => {
      const { code, stdout, stderr } = await run(line.split(' '), { env: {} });
      expect(stderr).to.match(says);
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }
});

describe('Short forms', () => {
  for (const form of ['-v', '-V', '--version', 'version']) {
    it(`print the version: ${form}`, async () => {
      expect(await run([form], { env: {} })).to.deep.equal({
        code: 0,
        stdout: `${VERSION}\n`,
        stderr: '',
      });
    });
  }

  it('print the help of the same command: -h, --help, help before and after a group', async () => {
    const [first, ...others] = await Promise.all(
      ['dlq list -h', 'dlq list --help', 'help dlq list', 'dlq help list'].map((line) =>
        run(line.split(' '), { env: {} }),
      ),
    );
    expect(first?.stdout).to.match(/^Usage: paidonce dlq list /);
    for (const other of others) expect(other).to.deep.equal(first);
  });

  it('print JSON: -j, errors too', async () => {
    const [short, long] = await Promise.all(
      ['-j', '--json'].map((form) => run(['order', 'nobody', form], { env: {} })),
    );
    expect(jsonLines(short?.stderr ?? '')).to.have.nested.property('[0].error.type');
    expect(short).to.deep.equal(long);
  });
});

const examplesIn = (help: string): readonly string[] =>
  [...help.replaceAll(/ \\\n +/g, ' ').matchAll(/^ {2}\$ (.*)$/gm)].map(
    ([, example = '']) => example,
  );

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
