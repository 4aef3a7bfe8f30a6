import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { ParsedSource } from './source.ts';

/** Packages that talk to a technology or are one, and the adapters that may. */
const SDKS: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-cloudwatch-logs': ['cloudwatch', 'aws'],
  '@aws-sdk/client-dynamodb': ['dynamodb', 'aws'],
  '@aws-sdk/client-kms': ['kms', 'aws'],
  '@aws-sdk/client-sesv2': ['ses', 'aws'],
  '@aws-sdk/client-sns': ['sns', 'aws'],
  '@aws-sdk/client-sqs': ['sqs', 'aws'],
  '@opentelemetry/api': ['opentelemetry'],
  '@opentelemetry/context-async-hooks': ['opentelemetry'],
  '@opentelemetry/core': ['opentelemetry'],
  '@opentelemetry/exporter-trace-otlp-http': ['opentelemetry'],
  '@opentelemetry/exporter-trace-otlp-proto': ['opentelemetry'],
  '@opentelemetry/resources': ['opentelemetry'],
  '@opentelemetry/sdk-trace': ['opentelemetry'],
  '@smithy/node-http-handler': ['aws'],
  'aws-ses-v2-local': ['embedded'],
  dynalite: ['embedded'],
  fastify: ['embedded'],
  fauxqs: ['embedded'],
  level: ['embedded'],
  stripe: ['stripe'],
};

/** Packages that reach no service, and the adapters that use them. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  '@smithy/core': ['aws'],
  canonicalize: ['system'],
  'fast-xml-builder': ['documents'],
  fontkit: ['documents'],
  pdfkit: ['documents'],
  picocolors: ['console'],
  qs: ['embedded'],
  ulid: ['cloudwatch', 'console', 'system'],
};

/** Packages that only calculate, and the one room of the application that uses each. */
const APPLICATION_LIBRARIES: Readonly<Record<string, string>> = {
  'escape-goat': 'documents',
  'string-width': 'documents',
  zod: 'messages',
};

const CLIENTS_FILE = 'src/adapters/aws/clients.ts';

/** Mechanisms without a technology, for adapters too. */
const SHARED: readonly string[] = ['batcher', 'forgetOldest'].map(
  (name) => `src/application/${name}.ts`,
);

/** What documents show and how it is called, for the adapter that lays them out. */
const WORDING: readonly string[] = ['documents', 'language'].map(
  (folder) => `src/application/${folder}/`,
);

/** What only reads the log. */
const READERS: readonly string[] = ['audit', 'log', 'readModel', 'trace'].map(
  (folder) => `src/application/${folder}/`,
);

/** What causes something outside: a reader of the log may hold none of it. */
const EFFECT_PORTS: readonly string[] = ['messageQueue', 'notifier', 'paymentGateway'].map(
  (port) => `src/application/ports/${port}.ts`,
);

type Target = { readonly path: string } | { readonly package: string } | { readonly builtin: true };

type Context = {
  readonly from: string;
  readonly target: Target;
  /** Whether a file, or anything that it imports, imports an SDK. */
  readonly reachesSdk: (path: string) => boolean;
};

/** Every import that the layers forbid, as one sentence each. There are no exceptions. */
export const importViolations = (sources: readonly ParsedSource[]): readonly string[] => {
  const reachesSdk = createReachesSdk(sources);
  return sources.flatMap(({ path: from, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const where = `${from}:${line}`;
      if (specifier === undefined) return [`${where} imports what is computed at run time`];
      const why = forbidden({ from, target: targetOf(from, specifier), reachesSdk });
      return why === undefined ? [] : [`${where} imports ${specifier}: ${why}`];
    }),
  );
};

const forbidden = (context: Context): string | undefined => {
  const { from } = context;
  if (from.startsWith('src/domain/')) return forbiddenInDomain(context);
  if (from.startsWith('src/application/')) return forbiddenInApplication(context);
  if (from.startsWith('src/adapters/')) return forbiddenInAdapter(context);
  if (from.startsWith('src/bootstrap/')) return forbiddenInBootstrap(context);
  return 'its file is in none of the four layers';
};

const forbiddenInDomain = ({ target }: Context): string | undefined =>
  isBelow(target, 'src/domain/') || isPackage(target, 'neverthrow')
    ? undefined
    : 'the domain imports itself and neverthrow';

const forbiddenInApplication = ({ from, target }: Context): string | undefined => {
  if (isBelow(target, 'src/domain/') || isPackage(target, 'neverthrow')) return undefined;
  const room = 'package' in target ? APPLICATION_LIBRARIES[target.package] : undefined;
  if (room !== undefined && 'package' in target) {
    return from.startsWith(`src/application/${room}/`)
      ? undefined
      : `${target.package} is for application/${room} alone`;
  }
  if (!isBelow(target, 'src/application/')) {
    return 'the application imports itself, the domain and neverthrow';
  }
  if (from.startsWith('src/application/ports/') && !isBelow(target, 'src/application/ports/')) {
    return 'a port knows nothing but other ports and the domain';
  }
  if (READERS.some((folder) => from.startsWith(folder)) && isEffectPort(pathOf(target))) {
    return 'what reads the log causes nothing';
  }
  return undefined;
};

const forbiddenInAdapter = ({ from, target, reachesSdk }: Context): string | undefined => {
  const folder = adapterOf(from);
  if ('builtin' in target || isPackage(target, 'neverthrow')) return undefined;
  if (isBelow(target, 'src/domain/') || isBelow(target, 'src/application/ports/')) return undefined;
  if (SHARED.includes(pathOf(target))) return undefined;
  if (folder === 'documents' && WORDING.some((below) => isBelow(target, below))) return undefined;
  if ('package' in target) {
    if (target.package in SDKS && folder === 'aws' && from !== CLIENTS_FILE) {
      return `of adapters/aws only ${CLIENTS_FILE} makes clients`;
    }
    const users = { ...SDKS, ...LIBRARIES }[target.package] ?? [];
    return users.includes(folder) ? undefined : `it is not adapters/${folder}'s to use`;
  }
  if (!isBelow(target, 'src/adapters/')) return 'an adapter imports ports, the domain and its SDK';
  const path = pathOf(target);
  if (adapterOf(path) === folder || !reachesSdk(path)) return undefined;
  return "adapters share rules, never another technology's SDK";
};

const forbiddenInBootstrap = ({ target }: Context): string | undefined =>
  'package' in target && target.package in SDKS ? 'SDKs are behind adapters' : undefined;

const isEffectPort = (path: string): boolean => EFFECT_PORTS.includes(path);

const pathOf = (target: Target): string => ('path' in target ? target.path : '');

const isBelow = (target: Target, folder: string): boolean => pathOf(target).startsWith(folder);

const isPackage = (target: Target, name: string): boolean =>
  'package' in target && target.package === name;

/** `sqs` for `src/adapters/sqs/messageQueue.ts`. */
const adapterOf = (path: string): string => path.split('/')[2] ?? '';

/** A file of a package that the package does not export by name. */
const FILE_OF_PACKAGE = /^(?:\.\.\/)+node_modules\//;

const targetOf = (from: string, written: string): Target => {
  const specifier = written.replace(FILE_OF_PACKAGE, '');
  if (specifier.startsWith('.')) {
    return { path: posix.join(posix.dirname(from), specifier) };
  }
  const [first = '', second = ''] = specifier.split('/');
  if (specifier.startsWith('node:') || builtinModules.includes(first)) return { builtin: true };
  return { package: specifier.startsWith('@') ? `${first}/${second}` : first };
};

const createReachesSdk = (sources: readonly ParsedSource[]): ((path: string) => boolean) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reaches = (path: string, seen: Set<string>): boolean => {
    if (seen.has(path)) return false;
    seen.add(path);
    return (byPath.get(path)?.imports ?? []).some(({ specifier }) => {
      if (specifier === undefined) return true;
      const target = targetOf(path, specifier);
      return 'package' in target ? target.package in SDKS : reaches(pathOf(target), seen);
    });
  };
  return (path) => reaches(path, new Set());
};
