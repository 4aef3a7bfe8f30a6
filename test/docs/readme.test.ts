import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { SETTING_NAMES, settingSchemas } from '../../src/bootstrap/config/settings.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { fenced, pages, readText, tableRows, TOP } from './markdown.ts';

describe('README.md', () => {
  const page = readText('README.md');

  it('names tests that there are', () => {
    const specs = sourcesBelow('test')
      .filter(({ path }) => !path.startsWith('test/docs/'))
      .map(({ text }) => text)
      .join('\n');
    const named = tableRows(page, 'Fault').map(([, , test = '']) => test);

    expect(named).to.have.length.greaterThan(10);
    expect(named.filter((test) => !specs.includes(`'${test}'`))).to.deep.equal([]);
  });

  it('lists every setting with its default, and with the reason for it', () => {
    const presets = SETTING_NAMES.map((name) => {
      const { success } = settingSchemas[name].safeParse(undefined);
      // As it would stand in the environment.
      const { default: text } = z.toJSONSchema(settingSchemas[name], { io: 'input' });
      const preset = typeof text === 'string' ? `\`${text}\`` : '';
      return [`\`${name}\``, success ? preset : 'required'];
    });
    const rows = tableRows(page, 'Setting');
    const documented = rows.map(([name, preset]) => [name, preset]);

    expect(documented).to.deep.equal([...presets, ['`PAIDONCE_DATA_DIR`', '`.paidonce`']]);
    const titles = SETTING_NAMES.map((name) => settingSchemas[name].meta()?.title);
    expect(rows.slice(0, -1).map(([, , title]) => title)).to.deep.equal(titles);
    for (const [name, preset = '', , reason = ''] of rows) {
      if (preset.startsWith('`')) expect(reason, name).to.have.length.greaterThan(30);
      else expect(reason, name).to.equal('');
    }
  });

  it('lists every command that the help shows', () => {
    const help = execFileSync(
      process.execPath,
      [join(TOP, 'src/bootstrap/cli/paidonce.ts'), '-h'],
      {
        encoding: 'utf8',
      },
    );
    const shown = [...help.matchAll(/^ {2}([a-z-]+) .*(?: {2}|\n {20})\w/gm)]
      .map(([, command]) => command)
      .filter((command) => command !== 'help');
    const documented = tableRows(page, 'Command').map(
      ([command = '']) => /^`npx paidonce ([\w-]+)/.exec(command)?.[1],
    );

    expect(documented).to.have.members(shown);
  });

  it('shows how to swap the adapters as a test does it', () => {
    const [snippet = ''] = fenced(page, 'ts');
    const dedented = readText('test/bootstrap/pipeline.test.ts').replaceAll(/^ {4}/gm, '');

    expect(snippet).to.include('createContainer(application, memory())');
    expect(dedented).to.include(snippet);
  });
});

describe('The documentation', () => {
  const links = pages().flatMap((page) =>
    [...readText(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .map((target) => ({ page, target })),
  );

  it('links to what there is', () => {
    const dead = links.filter(({ page, target }) => {
      const path = posix.join(posix.dirname(page), target.replace(/#.*/, ''));
      return !existsSync(join(TOP, target.startsWith('#') ? page : path));
    });

    expect(links.length).to.be.greaterThan(30);
    expect(dead).to.deep.equal([]);
  });

  it('links to headings that there are', () => {
    const dead = links.filter(({ page, target }) => {
      const [file = '', heading] = target.split('#');
      const path = file === '' ? page : posix.join(posix.dirname(page), file);
      return heading !== undefined && !anchorsOf(readText(path)).has(heading);
    });

    expect(dead).to.deep.equal([]);
  });

  it('has each decision that the sources refer to, and lists every one', () => {
    const decisions = pages().flatMap((page) => /^docs\/adr\/(\d{4})-/.exec(page)?.[1] ?? []);
    const referred = [...sourcesBelow('src'), ...sourcesBelow('test')].flatMap(({ text }) =>
      [...text.matchAll(/\bADR (\d{4})\b/g)].map(([, number]) => number),
    );

    expect(referred).to.have.length.greaterThan(3);
    expect(decisions).to.include.members(referred);
    for (const number of decisions) {
      expect(readText('README.md')).to.include(`(docs/adr/${number}-`);
    }
  });
});

/** As GitHub makes them. */
const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
