import { err, ok, type Result } from 'neverthrow';
import type { CallAnswer, HandleCall } from '../../application/ports/gatewayEvents.ts';

type Call = Parameters<HandleCall>[0];

/**
 * The answer of a function:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export type HttpResponse = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
};

export type NotFromHttp = { readonly type: 'NotFromHttp'; readonly why: string };

/**
 * The call in an event of a function URL, or of an HTTP API with payload format 2.0, whatever its
 * path: which one leads here is the API's to say. An event of anything else is an error, since its
 * sender reads no status. A request by another method than POST is answered by itself.
 */
export const fromHttpEvent = (
  event: unknown,
  signatureHeader: string,
): Result<Call | HttpResponse, NotFromHttp> => {
  const { version, requestContext, headers, body, isBase64Encoded } = fieldsIn(event);
  const { method } = fieldsIn(fieldsIn(requestContext)['http']);
  if (version !== '2.0' || typeof method !== 'string') {
    return err({ type: 'NotFromHttp', why: 'the event is no request of payload format 2.0' });
  }
  if (method !== 'POST') return ok({ statusCode: 405, headers: { allow: 'POST' }, body: '' });
  // Lambda writes names in lower case, and joins a header that occurs twice by a comma.
  const { [signatureHeader]: signature } = fieldsIn(headers);
  const text = typeof body === 'string' ? body : '';
  return ok({
    body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8'),
    signature: typeof signature === 'string' ? signature : undefined,
  });
};

export const isResponse = (call: Call | HttpResponse): call is HttpResponse => 'statusCode' in call;

/** The answer does not say the reason, which is nothing for strangers. */
export const toHttpResponse = ({ status }: Pick<CallAnswer, 'status'>): HttpResponse => ({
  statusCode: status,
  ...(status === 503 && { headers: { 'retry-after': '60' } }),
  body: '',
});

const fieldsIn = (value: unknown): Readonly<Record<string, unknown>> =>
  Object(value) as Record<string, unknown>;
