import {
  type AttributeValue,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { WrittenValue } from './attributes.ts';

export type ScanAnswer = Omit<ScanCommandOutput, 'Items'> & {
  /** Whoever reads them takes them out. */
  readonly Items?: Readonly<Record<string, AttributeValue | WrittenValue>>[];
};

/**
 * One page of a Scan, with its items as they are in the answer: bytes are still text. To have the
 * SDK copy each attribute of a page of 1 MB costs more than to check the hashes of its commits. Its
 * middleware takes the items out, so that the SDK reads the rest of the answer (ADR 0031). A
 * stream, as the SDK's own request handler gives it, is left to the SDK.
 */
export const scanPage = async (
  client: Pick<DynamoDBClient, 'send'>,
  input: ScanCommandInput,
  signal: AbortSignal | undefined,
): Promise<ScanAnswer> => {
  const command = new ScanCommand(input);
  let taken: ScanAnswer['Items'];
  command.middlewareStack.add(
    (next) => async (args) => {
      const answered = await next(args);
      const { response } = answered;
      if (!isReadAnswer(response)) return answered;
      const { Items, ...rest } = JSON.parse(response.body.toString()) as ScanAnswer;
      taken = Items;
      response.body = Buffer.from(JSON.stringify(rest));
      return answered;
    },
    { step: 'deserialize', priority: 'low', name: 'takeItems' },
  );
  const { Items, ...rest } = await client.send(
    command,
    signal === undefined ? {} : { abortSignal: signal },
  );
  const items = taken ?? Items;
  return { ...rest, ...(items && { Items: items }) };
};

type ReadAnswer = { readonly statusCode: 200; body: Buffer };

const isReadAnswer = (response: unknown): response is ReadAnswer =>
  typeof response === 'object' &&
  response !== null &&
  Reflect.get(response, 'statusCode') === 200 &&
  Buffer.isBuffer(Reflect.get(response, 'body'));
