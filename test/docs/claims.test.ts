import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { SETTING_NAMES } from '../../src/bootstrap/config/settings.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { idleProgram } from '../support/cli.ts';
import { pages, readText, TOP } from './markdown.ts';

/** Decisions and changes speak of what was, and the reference is the program's own words. */
const OF_TODAY = pages().filter(
  (page) => !/^(?:CHANGELOG\.md|docs\/adr\/|docs\/cli\/reference\.md)/.test(page),
);

describe('What the pages say', () => {
  let program: Command;

  before(async () => {
    program = await idleProgram();
  });

  it('of command lines is what the program takes', () => {
    const lines = OF_TODAY.flatMap((page) =>
      commandLinesIn(readText(page)).map((line) => ({ page, line })),
    );
    const wrong = lines.flatMap(({ page, line }) =>
      mistakesIn(line, program).map((mistake) => `${page}: \`${line}\`: ${mistake}`),
    );

    expect(lines.length).to.be.greaterThan(100);
    expect(wrong).to.deep.equal([]);
  });

  it('of command lines to type leaves out nothing that the program asks for', () => {
    // The reference has the examples of every help.
    const wrong = [...OF_TODAY, 'docs/cli/reference.md'].flatMap((page) =>
      shellIn(readText(page).replaceAll(/^ {2}(?=\$ )/gm, ''))
        .flatMap(callsIn)
        .flatMap((line) => missingIn(line, program).map((one) => `${page}: \`${line}\`: ${one}`)),
    );

    expect(wrong).to.deep.equal([]);
  });

  it('of settings is about those that there are', () => {
    const known = new Set<string>(SETTING_NAMES);
    // Those of tests and of the SDK are no settings, and still the code's.
    const sources = everySource();
    const unknown = OF_TODAY.flatMap((page) =>
      codeIn(readText(page))
        .flatMap((code) => /^([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)(?:=.*)?$/.exec(code)?.[1] ?? [])
        .filter((name) => !known.has(name) && !OF_OTHERS.includes(name))
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))
        .map((name) => `${page}: ${name}`),
    );

    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it('of files names those that there are', () => {
    const missing = OF_TODAY.flatMap((page) =>
      codeIn(readText(page))
        .filter((code) => /^(?:src|test|docs|bench|model)\/[\w./-]+$/.test(code))
        .filter((path) => !/[A-Z]{4,}/.test(path) && !existsSync(join(TOP, path)))
        .map((path) => `${page}: ${path}`),
    );

    expect(missing).to.deep.equal([]);
  });

  it('of records names those that the code writes', () => {
    const sources = everySource();
    const named = OF_TODAY.flatMap((page) =>
      codeIn(readText(page))
        .filter((code) => RECORD.test(code))
        .map((name) => ({ page, name })),
    );
    const missing = named
      .filter(({ name }) => !sources.includes(`'${name}'`))
      .map(({ page, name }) => `${page}: ${name}`);

    expect(named.length).to.be.greaterThan(20);
    expect([...new Set(missing)]).to.deep.equal([]);
  });

  it('of scripts names those that there are', () => {
    const { scripts } = JSON.parse(readText('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const missing = OF_TODAY.flatMap((page) =>
      [...readText(page).matchAll(/\bnpm run ([\w:-]+)/g)]
        .map(([, script = '']) => script)
        .filter((script) => scripts[script] === undefined)
        .map((script) => `${page}: npm run ${script}`),
    );

    expect(missing).to.deep.equal([]);
  });
});

/** What is in backticks, and the lines of blocks for a shell. */
const codeIn = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll(/\s+/g, ' '),
  );

const shellIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```(?:sh|bash|console|text)?\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => /^(?:\$ )?(?:npx |[A-Z_]+=\S+ )*paidonce /.test(line)),
  );

/** Each call of the program, without what other programs do with its output. */
const commandLinesIn = (markdown: string): readonly string[] =>
  [...codeIn(markdown), ...shellIn(markdown)].flatMap(callsIn);

const callsIn = (code: string): readonly string[] =>
  [...code.matchAll(/(?<![\w./-])paidonce ((?:[^|;&>#]|&(?!&))*)/g)].map(([, line = '']) =>
    line.replace(/ {2,}.*$/, '').trim(),
  );

const callOf = (line: string, program: Command) => {
  const words = (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).filter((word) => word !== '…');
  let command = program;
  let at = 0;
  for (; at < words.length; at += 1) {
    const sub = command.commands.find((one) => one.name() === words[at]);
    if (sub === undefined) break;
    command = sub;
  }
  return { words, command };
};

const missingIn = (line: string, program: Command): readonly string[] => {
  const { words, command } = callOf(line, program);
  return command.options
    .filter(({ mandatory, long }) => mandatory && !words.includes(long ?? ''))
    .map(({ long }) => `${command.name()} needs ${long}`);
};

const mistakesIn = (line: string, program: Command): readonly string[] => {
  const { words, command } = callOf(line, program);
  if (words[0] === 'help') return [];
  if (command === program && !words[0]?.startsWith('-') && !/^[A-Z]+$/.test(words[0] ?? '')) {
    return [`no command is called ${words[0]}`];
  }
  const known = new Set(
    command.options.flatMap(({ long, short }) => [long, short]).concat('--help', '-h'),
  );
  return words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, '').replace(/[^\w-]+$/, ''))
    .filter((option) => !known.has(option))
    .map((option) => `${command.name()} has no ${option}`);
};

/** The first parts of the names of records, of which more come with more records. */
const RECORD_KINDS = (
  'circuit clock command consumer gateway intent invoice lambda log message notification ' +
  'number order payment queue reconcile reconciler refund review series settings stream worker'
).split(' ');
const RECORD = new RegExp(`^(?:${RECORD_KINDS.join('|')})\\.[a-z_]+$`);

/** Settings of Node and of the AWS SDK that the code only inherits. */
const OF_OTHERS: readonly string[] = ['ALL_PROXY', 'NODE_USE_ENV_PROXY'];

const everySource = (): string =>
  [...sourcesBelow('src'), ...sourcesBelow('test'), ...sourcesBelow('bench')]
    .filter(({ path }) => !path.startsWith('test/docs/'))
    .map(({ text }) => text)
    .join('\n');
