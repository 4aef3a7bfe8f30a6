import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { HandlerOptions, SdkAnswer, SdkRequest } from '../../src/adapters/aws/httpHandler.ts';

export type ClientProbe = {
  /** Each attempt's operation and number of statements, SDK retries included. */
  readonly attempts: { readonly command: string; readonly statements: number }[];
  /** For each Query and Scan, whether it asked for what is true now. */
  readonly consistent: boolean[];
  /**
   * Loses the answers to so many attempts from now, after the server has done what it was asked.
   */
  loseAnswers(count: number): void;
};

type Handle = (request: SdkRequest, options: HandlerOptions) => Promise<SdkAnswer>;

/** Looks at what a client sends, and can cut the wire behind it. */
export const probeClient = (client: DynamoDBClient): ClientProbe => {
  const attempts: ClientProbe['attempts'] = [];
  const consistent: boolean[] = [];
  let toLose = 0;
  // The request handler meets each attempt, also those that are made without the SDK.
  const handler = client.config.requestHandler as unknown as { handle: Handle };
  const handle = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    // Made before, and handed to the SDK.
    if (options.firstAttempt !== undefined) return handle(request, options);
    const command = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const input: unknown = JSON.parse(String(request.body));
    const statements: unknown = Reflect.get(Object(input), 'Statements');
    attempts.push({ command, statements: Array.isArray(statements) ? statements.length : 0 });
    if (command === 'Query' || command === 'Scan') {
      consistent.push(Reflect.get(Object(input), 'ConsistentRead') === true);
    }
    const answer = await handle(request, options);
    if (toLose === 0) return answer;
    toLose -= 1;
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };
  return {
    attempts,
    consistent,
    loseAnswers: (count) => {
      toLose = count;
    },
  };
};
