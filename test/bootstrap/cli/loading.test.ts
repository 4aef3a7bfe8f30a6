import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { workerTimes } from '../../../bench/startUp.ts';
import { idleProgram, type Env } from '../../support/cli.ts';
import { runProcess } from '../../support/process.ts';

const RECORDER = new URL('../../support/recordImports.ts', import.meta.url).href;

describe('What a command loads', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paidonce-loading-'));
  });

  after(() => rm(folder, { recursive: true }));

  const load = async (line: string, env: Env = {}) => {
    const run = { env: { ...recording(), ...env } };
    const { code } = await runProcess(line.split(' '), run);
    return { code, ...(await recorded()) };
  };

  const fileOf = () => join(folder, 'loaded.json');
  const recording = () => ({
    NODE_OPTIONS: `--import ${RECORDER}`,
    RECORD_IMPORTS_IN: fileOf(),
  });
  const recorded = async () => {
    const { loaded, cache } = JSON.parse(await readFile(fileOf(), 'utf8')) as {
      readonly loaded: readonly string[];
      readonly cache?: string;
    };
    const packages = new Set(
      loaded.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1) ?? []),
    );
    const folders = new Set(
      loaded.flatMap((path) => /^src\/bootstrap\/cli\/(\w+)\//.exec(path)?.slice(1) ?? []),
    );
    return { loaded, cache, packages: [...packages], folders: [...folders] };
  };

  for (const [line, code] of [
    ['--version', 0],
    ['--help', 0],
    ['ordr', 2],
  ] as const) {
    it(`is no command, and nothing that a command needs, for ${line}`, async () => {
      const ended = await load(line);

      expect(ended.code).to.equal(code);
      expect(ended.folders).to.deep.equal(['common']);
      expect(ended.packages).to.include('commander');
      expect(ended.packages).not.to.include.oneOf(['zod', 'inversify', 'neverthrow', 'stripe']);
      expect(
        ended.loaded.filter((path) => /^src\/(?!paidonce|bootstrap|domain\/plainText)/.test(path)),
      ).to.deep.equal([]);
    });
  }

  it('is one command alone, with the adapters that it uses', async () => {
    const ended = await load('order nobody', ELSEWHERE);

    expect(ended.code).to.equal(1);
    expect(ended.folders).to.have.members(['common', 'order']);
    expect(ended.packages).to.include('@aws-sdk/client-dynamodb');
    expect(ended.packages).not.to.include.oneOf(NOT_FOR_ORDER);
    expect(ended.loaded.filter((path) => path.includes('opentelemetry'))).to.deep.equal([]);
  });

  it('is for a payments worker no SDK of mails, topics, keys or traces', async () => {
    await workerTimes(recording());

    const { loaded, packages } = await recorded();
    expect(packages).to.include.members(['@aws-sdk/client-sqs', '@aws-sdk/client-dynamodb']);
    expect(packages).not.to.include.oneOf(NOT_FOR_PAYMENTS);
    expect(loaded.filter((path) => path.includes('opentelemetry'))).to.deep.equal([]);
  });

  it('is OpenTelemetry too where an endpoint for spans is set', async () => {
    const tracing = { ...ELSEWHERE, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const traced = await load('order nobody', tracing);

    expect(traced.packages).to.include('@opentelemetry/sdk-trace');
  });

  it('is kept compiled beside the packages, or where the environment says', async () => {
    const named = join(folder, 'compiled');
    const own = await load('--version', { NODE_COMPILE_CACHE: '' });

    expect(own.cache).to.match(/node_modules\/\.cache\/paidonce\//);
    expect((await load('--version', { NODE_COMPILE_CACHE: named })).cache).to.include(named);
    expect((await load('--version', { NODE_DISABLE_COMPILE_CACHE: '1' })).cache).to.equal(
      undefined,
    );
    // It cannot be a folder there.
    const nowhere = { NODE_COMPILE_CACHE: join(import.meta.filename, 'nowhere') };
    expect(await load('--version', nowhere)).to.include({ code: 0 });
  });

  it('is listed in the help as it is once it is loaded', async () => {
    const [listed, loaded] = [await idleProgram(() => false), await idleProgram()];

    expect(listed.helpInformation()).to.equal(loaded.helpInformation());
  });
});

const ELSEWHERE = {
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  EVENTS_TABLE: 'events',
};

const NOT_FOR_PAYMENTS = [
  '@aws-sdk/client-sesv2',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-kms',
  '@aws-sdk/client-secrets-manager',
  'fauxqs',
  'dynalite',
  'level',
  'cli-progress',
];

const NOT_FOR_ORDER = [
  '@aws-sdk/client-sesv2',
  '@aws-sdk/client-sns',
  'stripe',
  'fastify',
  'fauxqs',
  'dynalite',
  'level',
  'cli-progress',
];
