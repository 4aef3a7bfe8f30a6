import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readText, TOP } from './markdown.ts';

/*
 * Runs docs/tutorial.md word for word: each `sh` block in a folder of its own, where `paidonce` is
 * the program that is named, and compares what it prints with the `text` block after it.
 *
 *   node test/docs/tutorial.ts [PREFIX]
 *
 * PREFIX is how the program is called, such as `paidonce` or `node /some/where/paidonce.js`.
 * Without it, or TUTORIAL_PREFIX, it is the program of this checkout.
 */

type TutorialStep = {
  readonly line: number;
  /** Undefined where what runs already is stopped. */
  readonly script: string | undefined;
  readonly expected: readonly string[] | undefined;
  /** `within seconds`: it is run again until it prints what is expected. */
  readonly mode: 'once' | 'keeps running' | 'within seconds' | 'at its end';
};

const MODE = /^<!-- (?<mode>keeps running|within seconds|at its end) -->\n\n/;
const FENCED = /^```(?<language>sh|text)\n(?<content>.*?)^```$/;
const BLOCK = new RegExp(`(?:${MODE.source})?${FENCED.source}`, 'gms');

export const stepsOf = (markdown: string): readonly TutorialStep[] => {
  const steps: TutorialStep[] = [];
  for (const { index, groups = {} } of markdown.matchAll(BLOCK)) {
    const { mode = 'once', language, content = '' } = groups;
    const line = markdown.slice(0, index).split('\n').length;
    const lines = content.trimEnd().split('\n');
    const last = steps.at(-1);
    if (language === 'sh') {
      steps.push({
        line,
        script: content,
        expected: undefined,
        mode: mode as TutorialStep['mode'],
      });
    } else if (mode === 'at its end') {
      steps.push({ line, script: undefined, expected: lines, mode });
    } else if (last !== undefined && last.expected === undefined) {
      steps[steps.length - 1] = { ...last, expected: lines };
    } else {
      throw new Error(`line ${line}: the output of no command`);
    }
  }
  return steps;
};

/** What differs from run to run, and the same sign for each of its kind. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}/g, 'DATE'],
  [/\d{2}:\d{2}:\d{2}\.\d{3}/g, 'TIME'],
  [/\b(pi|re)_[0-9a-f]{24}/g, '$1_ID'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
  [/\bpaidonce\/[0-9a-z]{10}\//g, 'paidonce/DEPLOYMENT/'],
  [/\b(INV|CN)-\d{4}-/g, '$1-YEAR-'],
  [/\d+ (ms|min|commits|streams|read units)\b/g, 'N $1'],
];

const withSigns = (text: string): string =>
  VARIABLE.reduce((signed, [form, sign]) => signed.replaceAll(form, sign), text);

/** `…` is any text, and as a line of its own any number of lines. */
const patternOf = (expected: readonly string[]): RegExp => {
  const lines = expected.map((line) =>
    line === '…' ? '(?:.*\n)*?' : `${withSigns(line).split('…').map(escaped).join('.*')}\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
};

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Blanks at the end of a line are not seen. */
export const matches = (output: string, expected: readonly string[]): boolean =>
  patternOf(expected).test(`${withSigns(output).trimEnd().replaceAll(/ +$/gm, '')}\n`);

const STEP_MS = 120_000;
const SECONDS_MS = 20_000;
const AGAIN_MS = 500;

type TutorialRun = {
  /** How the program is called. */
  readonly prefix: string;
  /** Only so many, from the first. */
  readonly steps?: number;
  readonly onStep?: (step: TutorialStep, ms: number) => void;
};

/** Rejects with the first step that did not do what the page says. */
export const runTutorial = async ({ prefix, steps, onStep }: TutorialRun): Promise<void> => {
  const top = await mkdtemp(join(tmpdir(), 'paidonce-tutorial-'));
  const [folder, bin] = [join(top, 'folder'), join(top, 'bin')];
  await Promise.all([mkdir(folder), mkdir(bin)]);
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env;
  // The prefix may be `paidonce` itself: it is looked for where this script is not.
  const program = `#!/bin/sh\nexport PATH='${PATH}'\nexec ${prefix} "$@"\n`;
  await writeFile(join(bin, 'paidonce'), program);
  await chmod(join(bin, 'paidonce'), 0o755);
  const env = {
    PATH: `${bin}:${PATH}`,
    HOME,
    // What the demo leaves is deleted with the rest.
    TMPDIR: top,
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
  };
  let running: RunningScript | undefined;
  try {
    for (const step of stepsOf(readText('docs/tutorial.md')).slice(0, steps)) {
      const startedAt = Date.now();
      const { mode, script = '', expected = [] } = step;
      if (mode === 'keeps running') {
        // Its end is that of the shell.
        running = startScript(`exec ${script}`, { folder, env });
        await untilMatching(step, running);
      } else if (mode === 'at its end') {
        const { code, output } = (await running?.stop()) ?? { code: null, output: 'nothing ran' };
        if (code !== 0 || !matches(output, expected)) throw differs(step, { code, output });
      } else {
        await runStep(step, { folder, env });
      }
      onStep?.(step, Date.now() - startedAt);
    }
  } finally {
    await running?.stop();
    await rm(top, { recursive: true, force: true });
  }
};

type Where = { readonly folder: string; readonly env: NodeJS.ProcessEnv };

const runStep = async (step: TutorialStep, where: Where): Promise<void> => {
  const until = Date.now() + (step.mode === 'within seconds' ? SECONDS_MS : 0);
  for (;;) {
    const script = startScript(step.script ?? '', where);
    const ended = await script.ended(STEP_MS);
    const isAsSaid = step.expected === undefined || matches(ended.output, step.expected);
    if (ended.code === 0 && isAsSaid) return;
    if (Date.now() >= until) throw differs(step, ended);
    await sleep(AGAIN_MS);
  }
};

const untilMatching = async (step: TutorialStep, script: RunningScript): Promise<void> => {
  const until = Date.now() + SECONDS_MS;
  while (!matches(script.output(), step.expected ?? [])) {
    if (Date.now() >= until) throw differs(step, { code: null, output: script.output() });
    await sleep(AGAIN_MS);
  }
};

type EndedScript = { readonly code: number | null; readonly output: string };

const differs = (
  { line, script = 'the end of what keeps running', expected = [] }: TutorialStep,
  { code, output }: EndedScript,
): Error =>
  new Error(
    `docs/tutorial.md, line ${line}: ${script.trim()}\nended with ${code} and printed\n${output}` +
      `\nwhere the page says\n${expected.join('\n')}`,
  );

type RunningScript = {
  readonly output: () => string;
  ended(withinMs: number): Promise<EndedScript>;
  /** As Ctrl-C does it; the same result when it is asked for again. */
  stop(): Promise<EndedScript>;
};

const startScript = (script: string, { folder, env }: Where): RunningScript => {
  // What a person sees: both streams in one. A group of its own gets the signals of a terminal.
  const child = spawn('sh', ['-e', '-c', `exec 2>&1\n${script}`], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close').then((): EndedScript => ({ code: child.exitCode, output }));
  const ended = async (withinMs: number): Promise<EndedScript> => {
    const timer = setTimeout(() => signal(child, 'SIGKILL'), withinMs);
    try {
      return await closed;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    output: () => output,
    ended,
    stop: () => {
      signal(child, 'SIGINT');
      return ended(SECONDS_MS);
    },
  };
};

const signal = ({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void => {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, name);
};

/** The program of this checkout. */
export const CHECKOUT = `${process.execPath} ${join(TOP, 'src/paidonce.js')}`;

if (import.meta.main) {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const prefix = process.argv.slice(2).join(' ') || process.env['TUTORIAL_PREFIX'] || CHECKOUT;
  await runTutorial({
    prefix,
    onStep: ({ line, script = 'Ctrl-C' }, ms) =>
      say(`line ${line}: ${script.trim().split('\n').at(-1)} (${ms} ms)`),
  });
  say(`docs/tutorial.md holds for ${prefix}`);
}
