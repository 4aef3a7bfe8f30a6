import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { Command } from 'commander';
import { cliDocs } from '../../src/bootstrap/exportCliDocs.ts';
import { breakingChanges, type JsonSchema } from '../../src/bootstrap/jsonOutput/additive.ts';
import { JSON_OUTPUTS, outputSchemas } from '../../src/bootstrap/jsonOutput/index.ts';
import { idleProgram } from '../support/cli.ts';
import { readText, TOP } from './markdown.ts';

describe('docs/cli', () => {
  let program: Command;

  before(async () => {
    program = await idleProgram();
  });

  it('has a schema for each command that there is', () => {
    const commands = program.commands.flatMap((command: Command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
    );

    expect(Object.keys(JSON_OUTPUTS)).to.have.members(commands);
  });

  it('takes nothing away from those who read the JSON', () => {
    const changes = [...outputSchemas()].flatMap(([name, schema]) => {
      const path = `docs/cli/${name}`;
      if (!existsSync(join(TOP, path))) return [];
      const committed = JSON.parse(readText(path)) as JsonSchema;
      return breakingChanges(committed, schema).map((change) => `${name}: ${change}`);
    });

    expect(changes).to.deep.equal([]);
  });

  it('is what `npm run docs:cli` makes', async () => {
    const docs = await cliDocs();
    const files = readdirSync(join(TOP, 'docs/cli')).filter((name) => name !== 'README.md');

    expect(files).to.have.members([...docs.keys()]);
    for (const [name, text] of docs) {
      expect(readText(`docs/cli/${name}`) === text, `${name}: run npm run docs:cli`).to.equal(true);
    }
  });

  it('has schemas of draft 2020-12 that a validator takes', () => {
    const ajv = new Ajv2020({ strict: true, validateFormats: false });
    for (const [name, schema] of outputSchemas()) {
      expect(ajv.validateSchema(schema), name).to.equal(true);
      expect(ajv.compile(schema), name).to.be.a('function');
    }
  });

  it('says what an amount and a time are, and lets lines have more than it names', () => {
    const ajv = new Ajv2020({ validateFormats: false });
    const isRestored = ajv.compile(outputSchemas().get('restored.schema.json') ?? false);
    const restored = { by: 'ada', reason: 'a test', at: '2026-11-29T08:57:45.645Z' };

    expect(isRestored(restored)).to.equal(true);
    expect(isRestored({ ...restored, more: 1 })).to.equal(true);
    expect(isRestored({ ...restored, at: 1 })).to.equal(false);
    expect(isRestored({ by: 'ada' })).to.equal(false);
  });
});
