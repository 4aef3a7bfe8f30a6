/** The addresses of the stand-ins, as `standIns/main.ts` names them. */
export type Urls = Readonly<Record<'sqs' | 'sns' | 'dynamoDb' | 'logs' | 'ses' | 'stripe', string>>;

export type Usage = {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
};

export const IN_FLIGHT = 50;
export const QUEUE = '000000000000/payments';
export const urls = (): Urls => JSON.parse(process.argv[2] ?? '{}') as Urls;
export const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** A bench that was killed leaves nothing behind. */
export const endWithParent = (): void => {
  process.once('disconnect', () => process.exit());
};

/** Answers the parent's questions about this process, and ends it with the parent or at its word. */
export const answerParent = (): void => {
  endWithParent();
  process.on('message', (asked: 'usage' | 'end') => {
    if (asked === 'end') process.exit(0);
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const usage: Usage = { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed };
    process.send?.(usage);
  });
};

/** With them others hear of every order. */
export const topicEnv = ({ sns }: Pick<Urls, 'sns'>) => ({
  AWS_ENDPOINT_URL_SNS: sns,
  ORDER_EVENTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:order-events',
});

/** The settings of a worker whose services are the stand-ins. */
export const workerEnv = ({ sqs, dynamoDb, logs, ses, stripe }: Omit<Urls, 'sns'>) => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs,
  AWS_ENDPOINT_URL_SESV2: ses,
  MAIL_FROM: 'shop@example.com',
  STRIPE_API_URL: stripe,
  STRIPE_SECRET_KEY: 'sk_test_bench',
  ALLOW_TEST_KEY: 'true',
  INTENT_SEAL_KEYS: Buffer.alloc(32, 7).toString('base64'),
  PAYMENTS_QUEUE_URL: `${sqs}/${QUEUE}`,
  PAYMENTS_DLQ_URL: `${sqs}/000000000000/payments-dlq`,
  NOTIFICATIONS_QUEUE_URL: `${sqs}/000000000000/notifications`,
  NOTIFICATIONS_DLQ_URL: `${sqs}/000000000000/notifications-dlq`,
  EVENTS_TABLE: 'events',
  INVOICES_TABLE: 'invoices',
  KEYS_TABLE: 'keys',
  PERSONAL_DATA_KEY: `local:${'b'.repeat(43)}`,
  LOG_GROUP: 'bench',
  WORKER_CONCURRENCY: String(IN_FLIGHT),
});
