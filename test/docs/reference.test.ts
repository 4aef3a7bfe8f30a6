import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import * as z from 'zod';
import { SETTING_NAMES, settingSchemas } from '../../src/bootstrap/config/settings.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { listItems, readText, TOP } from './markdown.ts';

describe('docs/failures.md', () => {
  it('names tests that there are', () => {
    const specs = sourcesBelow('test')
      .filter(({ path }) => !path.startsWith('test/docs/'))
      .map(({ text }) => text)
      .join('\n');
    const named = listItems(readText('docs/failures.md')).map(
      (item) => /_Test: (.*)_$/.exec(item)?.[1],
    );

    expect(named).to.have.length.greaterThan(10);
    expect(named.filter((test) => !specs.includes(`'${test}'`))).to.deep.equal([]);
  });
});

describe('docs/settings.md', () => {
  const items = listItems(readText('docs/settings.md')).map((item) => {
    const [, name = '', preset = '', title = '', reason] =
      /^`(\w+)`(?: \((.*?)\))?: (.*?)\.(?: _Why: (.*)\._)?$/.exec(item) ?? [];
    return { name, preset, title, reason };
  });

  it('lists every setting with its default', () => {
    const presets = SETTING_NAMES.map((name) => {
      const { success } = settingSchemas[name].safeParse(undefined);
      // As it would stand in the environment.
      const { default: text } = z.toJSONSchema(settingSchemas[name], { io: 'input' });
      const preset = typeof text === 'string' ? `default \`${text}\`` : '';
      return { name, preset: success ? preset : 'required' };
    });

    expect(items.map(({ name, preset }) => ({ name, preset }))).to.deep.equal([
      ...presets,
      { name: 'PAIDONCE_DATA_DIR', preset: 'default `.paidonce`' },
      { name: 'PAIDONCE_SERVERS_PORT', preset: '' },
    ]);
  });

  it('describes every setting as the errors about it do', () => {
    const titles = SETTING_NAMES.map((name) => settingSchemas[name].meta()?.title);

    expect(items.slice(0, -2).map(({ title }) => title)).to.deep.equal(titles);
  });

  it('gives the reason for every default, and for nothing else', () => {
    for (const { name, preset, reason } of items) {
      if (preset.startsWith('default')) expect(reason, name).to.have.length.greaterThan(30);
      else expect(reason, name).to.equal(undefined);
    }
  });
});

describe('docs/commands.md', () => {
  it('lists every command that the help shows', () => {
    const help = execFileSync(process.execPath, [join(TOP, 'src/paidonce.js'), '-h'], {
      encoding: 'utf8',
    });
    const shown = [...help.matchAll(/^ {2}([a-z-]+) .*(?: {2}|\n {20})\w/gm)]
      .map(([, command]) => command)
      .filter((command) => command !== 'help');
    const documented = listItems(readText('docs/commands.md')).map(
      (item) => /^`paidonce ([\w-]+)/.exec(item)?.[1],
    );

    expect(documented).to.have.members(shown);
  });
});
