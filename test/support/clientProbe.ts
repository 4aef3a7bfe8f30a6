import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

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

/** Looks at what a client sends, and can cut the wire behind it. */
export const probeClient = (client: DynamoDBClient): ClientProbe => {
  const attempts: ClientProbe['attempts'] = [];
  const consistent: boolean[] = [];
  let toLose = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const statements: unknown = Reflect.get(args.input, 'Statements');
      attempts.push({
        command: String(context['commandName']).replace(/Command$/, ''),
        statements: Array.isArray(statements) ? statements.length : 0,
      });
      const command = context['commandName'];
      if (command === 'QueryCommand' || command === 'ScanCommand') {
        consistent.push(Reflect.get(args.input, 'ConsistentRead') === true);
      }
      const answer = await next(args);
      if (toLose === 0) return answer;
      toLose -= 1;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
    // Inside the SDK's retries, so that it meets each attempt.
    { step: 'deserialize', priority: 'high', name: 'probe' },
  );
  return {
    attempts,
    consistent,
    loseAnswers: (count) => {
      toLose = count;
    },
  };
};
