import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TOP } from '../docs/markdown.ts';
import type { Synthesis } from './synthesizeAll.ts';

export type TemplateResource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};

export type Template = { readonly Resources: Readonly<Record<string, TemplateResource>> };

const run = promisify(execFile);
const SYNTHESIZE_ALL = fileURLToPath(new URL('./synthesizeAll.ts', import.meta.url));

/** Installs the packages of `infra`, unless they are there. */
export const installInfra = async (): Promise<void> => {
  await run(process.execPath, [join(TOP, 'infra/install.ts')]);
};

export type Templates = Readonly<Record<string, Template>>;

type Wanted = {
  readonly out: string;
  readonly context: Readonly<Record<string, string>>;
  /** Whether its own checks and those of cdk-nag end it. */
  readonly isChecked: boolean;
};

/** The plain templates of each deployment, by the name of their stack. */
export const synthesize = async (wanted: readonly Wanted[]): Promise<readonly Templates[]> => {
  const all = wanted.map(({ out, context, isChecked }): Synthesis => {
    const given = Object.entries({ mailFrom: 'receipts@example.com', ...context });
    const args = given.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return { args: ['--out', out, ...args], isChecked };
  });
  await run(process.execPath, [SYNTHESIZE_ALL, JSON.stringify(all)]);
  return wanted.map(({ out }) =>
    Object.fromEntries(
      readdirSync(out).map((name) => {
        const template = JSON.parse(readFileSync(join(out, name), 'utf8')) as Template;
        return [name.replace(/\.json$/, ''), { Resources: resolved(template.Resources, template) }];
      }),
    ),
  );
};

/** How a synthesis ends that has this parameter besides. */
export const refusalOf = async (
  parameter: string,
): Promise<{ readonly code: unknown; readonly stderr: string }> => {
  const args = [join(TOP, 'infra/synth.ts'), '-c', 'mailFrom=receipts@example.com'];
  return run(process.execPath, [...args, '-c', parameter]).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { readonly code: unknown; readonly stderr: string }) => ({ code, stderr }),
  );
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** As it is once it is deployed there, as far as a template knows that by itself. */
const resolved = <T>(value: T, template: Template): T => {
  const deep = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(deep);
    if (typeof each !== 'object' || each === null) return each;
    const inner = Object.entries(each).map(([key, member]) => [key, deep(member)] as const);
    const [first] = inner;
    if (inner.length === 1 && first !== undefined) {
      const [name, argument] = first;
      if (name === 'Ref') return PSEUDO[String(argument)] ?? each;
      if (name === 'Fn::Join') {
        const [between, parts] = argument as [string, readonly unknown[]];
        if (parts.every((part) => typeof part === 'string')) return parts.join(between);
      }
      if (name === 'Fn::GetAtt') return arnOf(argument as readonly string[], template) ?? each;
    }
    return Object.fromEntries(inner);
  };
  return deep(value) as T;
};

/** Of what has a name in the template, and is named in others by it. */
const arnOf = ([id = '', what]: readonly string[], template: Template): string | undefined => {
  const { Type, Properties = {} } = template.Resources[id] ?? { Type: '' };
  if (what !== 'Arn') return undefined;
  const at = 'eu-central-1:111122223333';
  switch (Type) {
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${at}:${String(Properties['QueueName'])}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::111122223333:role/${String(Properties['RoleName'])}`;
    default:
      return undefined;
  }
};

/** The properties of all resources of a type, by their ids. */
export const propertiesOf = (
  template: Template | undefined,
  type: string,
): readonly (readonly [id: string, properties: TemplateResource['Properties']])[] =>
  Object.entries(template?.Resources ?? {}).flatMap(([id, { Type, Properties }]) =>
    Type === type ? [[id, Properties] as const] : [],
  );
