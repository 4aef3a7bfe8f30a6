import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * Writes the templates for people without CDK, with the same checks as a deployment by CDK has:
 * node infra/synth.ts -c mailFrom=receipts@example.com -c stage=prod
 */

const { values } = parseArgs({
  options: {
    context: { type: 'string', short: 'c', multiple: true, default: [] },
    out: { type: 'string', default: join(import.meta.dirname, '../dist/infra') },
  },
});
const out = resolve(values.out);

const refuse = (message: string): never => {
  process.stderr.write(`error: ${message}\n`);
  // At once: CDK would write what there is when the process comes to its end.
  process.exit(2);
};

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, 'cdk.json'), 'utf8')) as {
  readonly context: Readonly<Record<string, unknown>>;
};
const given = values.context.map((text): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) refuse(`-c ${text}: it has to be NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
});

const assembly = mkdtempSync(join(tmpdir(), 'paidonce-infra-'));
process.env['CDK_OUTDIR'] = assembly;
process.env['CDK_CONTEXT_JSON'] = JSON.stringify({
  ...context,
  plain: 'true',
  ...Object.fromEntries(given),
});
try {
  const { synthesizeDeployments } = await import('./deployments.ts');
  synthesizeDeployments();
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(assembly).filter((each) => each.endsWith('.template.json'))) {
    const to = join(out, basename(name, '.template.json') + '.json');
    cpSync(join(assembly, name), to);
    process.stdout.write(`${relative(process.cwd(), to)}\n`);
  }
} catch (error) {
  // What is wrong with a parameter is for whoever typed it; anything else is for whoever wrote this.
  if (!(error instanceof Error) || !error.message.startsWith('-c ')) throw error;
  rmSync(assembly, { recursive: true });
  refuse(error.message);
} finally {
  rmSync(assembly, { recursive: true });
}
