import { writeSync } from 'node:fs';

/** Loaded into a program that is measured: reports at its end what it needed, to descriptor 3. */
export type EndUsage = {
  readonly cpuMicros: number;
  readonly rssMaxBytes: number;
  /** The resident memory, sampled over the run. */
  readonly rssBytes: readonly number[];
};

const EVERY_MS = 100;
const DESCRIPTOR = 3;
const rssBytes: number[] = [];
setInterval(() => rssBytes.push(process.memoryUsage.rss()), EVERY_MS).unref();
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: EndUsage = {
    cpuMicros: userCPUTime + systemCPUTime,
    rssMaxBytes: maxRSS * 1_024,
    rssBytes,
  };
  writeSync(DESCRIPTOR, JSON.stringify(usage));
});
