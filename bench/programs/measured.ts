/** The addresses of the stand-ins, as `standIns/main.ts` names them. */
export type Urls = Readonly<Record<'sqs' | 'dynamoDb' | 'logs' | 'stripe', string>>;

export type Usage = {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
};

export const IN_FLIGHT = 50;
export const QUEUE = '000000000000/payments';
export const urls = (): Urls => JSON.parse(process.argv[2] ?? '{}') as Urls;
export const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** Answers the parent's questions about this process, and ends it when the parent says so. */
export const answerParent = (): void => {
  process.on('message', (asked: 'usage' | 'end') => {
    if (asked === 'end') process.exit(0);
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const usage: Usage = { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed };
    process.send?.(usage);
  });
};
